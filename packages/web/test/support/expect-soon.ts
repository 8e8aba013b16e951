import { expect } from "bun:test";

/** Ms that a server may take for what a page shows already; and between two questions. */
const PATIENCE = 20_000;
const PAUSE = 20;

/** Asks until the answer is what is expected. */
export async function expectSoon<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  const begun = performance.now();
  let answer = await ask();
  while (!Bun.deepEquals(answer, expected) && performance.now() - begun < PATIENCE) {
    await Bun.sleep(PAUSE);
    answer = await ask();
  }
  expect<unknown>(answer).toEqual(expected);
}
