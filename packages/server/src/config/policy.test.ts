import { describe, expect, test } from "bun:test";
import { byExactness, DEFAULT_POLICY, wrongWithPattern } from "./policy.ts";

describe("ROOM-4: patterns", () => {
  for (const [pattern, fine] of [
    ["*", true],
    ["chat:*", true],
    ["chat:lobby", true],
    ["進:*", true],
    ["", false],
    ["**", false],
    ["a*b", false],
    ["*a", false],
    ["a\u0000*", false],
    [`${"x".repeat(127)}*`, true],
    [`${"x".repeat(128)}*`, false],
    ["team *", true],
    [" *", false],
    ["lobby ", false],
    ["x".repeat(129), false],
    ["e\u0301", false], // not in form C: it would match nothing
  ] as const) {
    test(`${JSON.stringify(pattern).slice(0, 20)} is ${fine ? "one" : "none"}`, () => {
      expect(wrongWithPattern(pattern) === undefined).toBe(fine);
    });
  }

  test("ROOM-4: names go before patterns, and longer patterns before shorter ones", () => {
    const patterns = ["*", "a:*", "a:b", "a:b:*", "b"];
    const sorted = patterns.map((pattern) => ({ ...DEFAULT_POLICY, pattern })).sort(byExactness);
    expect(sorted.map(({ pattern }) => pattern)).toEqual(["a:b", "b", "a:b:*", "a:*", "*"]);
  });
});
