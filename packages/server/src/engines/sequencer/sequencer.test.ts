import { describe, expect, test } from "bun:test";
import { times } from "../../../testing/engine-contract/samples.ts";
import { ID_WINDOW, IdWindow } from "./id-window.ts";
import { NumberWindow } from "./number-window.ts";

describe("number window", () => {
  test("ONCE-1: holds the offsets of the last 64 numbers", () => {
    const numbers = new NumberWindow();
    for (const i of times(200, (i) => i)) numbers.accept(1000 + 3 * i, i);
    expect(numbers.last).toBe(200);
    expect(numbers.find(137)).toBe(1000 + 3 * 136);
    expect(numbers.find(200)).toBe(1000 + 3 * 199);
    expect(numbers.find(136)).toBeUndefined();
    expect(numbers.find(201)).toBeUndefined();
    expect(numbers.seen).toBe(199);
  });

  test("ONCE-5: is the same after it was taken apart and put together", () => {
    for (const count of [0, 1, 63, 64, 65, 1000]) {
      const numbers = new NumberWindow();
      for (const i of times(count, (i) => i)) numbers.accept(7 * i + 1, i);
      const again = new NumberWindow(numbers.last, numbers.offsets(), numbers.seen);
      expect(again.last).toBe(count);
      expect(again.offsets()).toEqual(numbers.offsets());
      expect(again.offsets()).toHaveLength(Math.min(count, 64));
    }
  });
});

test("ONCE-2: the id window holds the last 1,000 ids", () => {
  const ids = new IdWindow();
  for (const i of times(2500, (i) => i)) ids.remember(`m${i}`, i);
  expect(ids.size).toBe(ID_WINDOW);
  expect([ids.find("m1499"), ids.find("m1500"), ids.find("m2499")]).toEqual([undefined, 1500, 2499]);
});
