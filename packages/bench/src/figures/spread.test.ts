import { expect, test } from "bun:test";
import { spreadOf } from "./spread.ts";

test("the median of odd and even many, and the ends", () => {
  expect(spreadOf([3, 1, 20])).toEqual({ median: 3, low: 1, high: 20 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4 });
  expect(spreadOf([7])).toEqual({ median: 7, low: 7, high: 7 });
});
