import { expect, test } from "bun:test";
import { editDistance, nearest } from "./nearest.ts";

test("the distance counts insertions, deletions, replacements and swaps", () => {
  for (const [from, to, distance] of [
    ["", "", 0],
    ["", "abc", 3],
    ["port", "port", 0],
    ["prot", "port", 1],
    ["pot", "port", 1],
    ["porrt", "port", 1],
    ["pert", "port", 1],
    ["kitten", "sitting", 3],
  ] as const) {
    expect([from, to, editDistance(from, to)]).toEqual([from, to, distance]);
    expect([to, from, editDistance(to, from)]).toEqual([to, from, distance]);
  }
});

test("the nearest is named if it is near", () => {
  const words = ["--port", "--host", "--limits-stalled"];
  expect(nearest("--prot", words)).toBe("--port");
  expect(nearest("--HOST", words)).toBe("--host");
  expect(nearest("--limit-stall", words)).toBe("--limits-stalled");
  expect(nearest("--nothing-like-it", words)).toBeUndefined();
  expect(nearest("-x", ["--port"])).toBeUndefined();
});
