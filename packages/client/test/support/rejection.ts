import type { FanfareError } from "@fanfare/client";

/** What a promise is rejected with; undefined if it resolves. */
export function rejection(promise: Promise<unknown>): Promise<FanfareError | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => error as FanfareError,
  );
}
