import { expect, test } from "bun:test";
import { Stream } from "../src/stream.ts";
import { countedSignal } from "./support/counted-signal.ts";

test("a stream gives each of several readers that wait at once an item of its own, and does not end", async () => {
  let push: (item: number) => void = () => {};
  const stream = new Stream<number>((take) => {
    push = take;
    return () => {};
  }, 10);
  const readers = [stream.next(), stream.next()];
  push(1);
  await Promise.resolve();
  push(2);
  expect(await Promise.all(readers)).toEqual([
    { done: false, value: 1 },
    { done: false, value: 2 },
  ]);
});

test("a stream that has ended leaves nothing on its signal", async () => {
  const { signal, listeners } = countedSignal();
  const stream = new Stream<number>(() => () => {}, 10, { signal });
  await stream.return();
  await Promise.resolve();
  expect(listeners()).toBe(0);
});
