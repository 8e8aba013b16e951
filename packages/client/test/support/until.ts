import type { Value } from "@fanfare/client";
import { DEADLINE } from "@fanfare/testing/deadline";

/** Waits until a value passes, and gives it back. @throws past the deadline, with what it is by then */
export async function until<T>(value: Value<T>, passes: (value: T) => boolean): Promise<T> {
  if (passes(value.value)) return value.value;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unsubscribe();
      reject(new Error(`still ${JSON.stringify(value.value)}`));
    }, DEADLINE);
    const unsubscribe = value.listen((now) => {
      if (!passes(now)) return;
      clearTimeout(timer);
      unsubscribe();
      resolve(now);
    });
  });
}
