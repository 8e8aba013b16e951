import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatDuration, formatSize, parseDuration, parseSize } from "./quantity.ts";

describe("quantities as people write them", () => {
  for (const [text, ms] of [
    ["0s", 0],
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5h", 5_400_000],
    ["7d", 604_800_000],
    ["1w", 604_800_000],
    ["2 M", 120_000],
    ["30", undefined],
    ["s", undefined],
    ["-1s", undefined],
    ["1s2s", undefined],
    ["1e3s", undefined],
    ["0.5ms", undefined],
    ["999999999999999w", undefined],
  ] as const) {
    test(`${text} is ${ms} ms`, () => expect(parseDuration(text)).toBe(ms as number));
  }

  for (const [text, bytes] of [
    ["64KiB", 65_536],
    ["64kib", 65_536],
    ["1 MB", 1_000_000],
    ["1.5GiB", 1_610_612_736],
    ["12B", 12],
    ["64K", undefined],
    ["64", undefined],
  ] as const) {
    test(`${text} is ${bytes} bytes`, () => expect(parseSize(text)).toBe(bytes as number));
  }

  test("what is written can be read", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 45 }), (amount) => {
        expect(parseDuration(formatDuration(amount))).toBe(amount);
        expect(parseSize(formatSize(amount))).toBe(amount);
      }),
    );
  });
});
