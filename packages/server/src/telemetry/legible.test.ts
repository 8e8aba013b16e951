import { expect, test } from "bun:test";
import fc from "fast-check";
import { cut, quoted } from "./legible.ts";

test("LOG-2: what could forge a line, steer a terminal or hide is escaped; all else is as it was", () => {
  for (const [text, shown] of [
    ["hello, 語 🚀 é", '"hello, 語 🚀 é"'],
    ["a\r\nb", '"a\\r\\nb"'],
    ["\x1b[31mred\x9b0m", '"\\u001b[31mred\\u009b0m"'],
    ["\u2028\u2029\x7f\x85", '"\\u2028\\u2029\\u007f\\u0085"'],
    ["admin\u202egnp\u2066", '"admin\\u202egnp\\u2066"'],
    ["\u200b\ufeff\u{e0041}", '"\\u200b\\ufeff\\udb40\\udc41"'],
    ["\u00ad\u034f\u2062\u3164\u2800\ufff9", '"\\u00ad\\u034f\\u2062\\u3164\\u2800\\ufff9"'],
    ["👩\u200d🚀 ❤\ufe0f 葛\u{e0100} می\u200cخ", '"👩\u200d🚀 ❤\ufe0f 葛\u{e0100} می\u200cخ"'],
    ["\ud800", '"\\ud800"'],
    ['"}{', '"\\"}{"'],
  ] as const) {
    expect(quoted(text)).toBe(shown);
  }
});

test("LOG-2: it reads back as what it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(JSON.parse(quoted(text))).toBe(text);
      expect(quoted(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u);
    }),
  );
});

test("LOG-2: it is cut between characters", () => {
  expect(cut("12345", 5)).toBe("12345");
  expect(cut("123456", 5)).toBe("12345…");
  expect(cut("🚀🚀🚀", 3)).toBe("🚀…");
});
