import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  isPattern,
  parseMessageId,
  parsePattern,
  parsePublisherId,
  parseRoomName,
  parseTypeName,
  parseUserName,
  withoutInvisible,
} from "./names.ts";

/** Names that are none anywhere: what they are, and the text. */
const UNSAFE: readonly (readonly [string, string])[] = [
  ["NUL", "a\u0000b"],
  ["a line feed", "a\nb"],
  ["the last C0 control", "a\u001fb"],
  ["DEL", "a\u007fb"],
  ["a C1 control", "a\u0085b"],
  ["a line separator", "a\u2028b"],
  ["a paragraph separator", "a\u2029b"],
  ["an Arabic letter mark", "a\u061cb"],
  ["a left-to-right mark", "a\u200eb"],
  ["a right-to-left mark", "a\u200fb"],
  ["a left-to-right embedding", "a\u202ab"],
  ["a right-to-left override", "a\u202eb"],
  ["a left-to-right isolate", "a\u2066b"],
  ["a pop directional isolate", "a\u2069b"],
  ["a soft hyphen", "a\u00adb"],
  ["a space without width", "a\u200bb"],
  ["a word joiner", "a\u2060b"],
  ["a byte order mark", "a\ufeffb"],
  ["a space before it", " a"],
  ["a space behind it", "a "],
  ["nothing but a space", " "],
  ["two spaces in a row", "a  b"],
  ["a space that does not break", "a\u00a0b"],
  ["a wide space", "a\u3000b"],
  ["a thin space", "a\u2009b"],
  ["a tab", "a\tb"],
  ["a letter that does not show", "a\u3164"],
  ["a pattern of no dots", "a\u2800"],
  ["an invisible sign of multiplication", "a\u2062b"],
  ["a grapheme joiner", "a\u034fb"],
  ["a tag", "a\u{e0061}"],
  ["a joiner between Latin letters", "al\u200dice"],
  ["a non-joiner between Cyrillic letters", "\u0430\u200c\u0431"],
  ["a joiner behind a digit", "a1\u200db"],
  ["a joiner at its end", "👩\u200d"],
  ["a joiner at its beginning", "\u200d👩"],
  ["two joiners in a row", "👩\u200d\u200d🚀"],
  ["a selector of a letter's form", "a\ufe0f"],
  ["a selector of a sign's form in Han", "\u6f22\ufe0f"],
  ["a selector behind a letter with a mark", "e\u0301\ufe0f"],
  ["a joiner behind a letter with a mark", "e\u0301\u200dx"],
  ["a joiner behind a letter with a mark of its own", "m\u0308\u200dx"],
  ["a selector behind a digit", "a1\ufe0f"],
  ["a selector behind a hyphen", "a-\ufe0fb"],
  ["two selectors in a row", "❤\ufe0f\ufe0f"],
  ["a tag behind a flag", "🏴\u{e0067}\u{e0062}\u{e007f}"],
  ["a non-joiner at its end", "می\u200c"],
  ["an ideographic selector behind a Latin letter", "a\u{e0100}"],
  ["an ideographic selector behind Kana", "か\u{e0100}"],
  ["an ideographic selector at its beginning", "\u{e0100}葛"],
  ["two ideographic selectors in a row", "葛\u{e0100}\u{e0101}"],
  ["a joiner behind an ideographic selector", "葛\u{e0100}\u200d"],
  ["a selector that Han has not", "葛\ufe03"],
  ["a standardized selector behind a Latin letter", "a\ufe00"],
  ["a lone high surrogate", "a\ud800b"],
  ["a lone low surrogate", "a\udc00b"],
  ["nothing", ""],
];
const NO_TEXT: readonly unknown[] = [undefined, null, 0, 1, true, [], ["a"], {}, { length: 1 }];

for (const [rule, parse] of [
  ["NAME-1: a room", parseRoomName],
  ["NAME-2: a user", parseUserName],
] as const) {
  describe(`${rule} name`, () => {
    for (const [what, text] of UNSAFE) {
      test(`${rule} name must not contain ${what}`, () => expect(parse(text)).toBeUndefined());
    }
    test(`${rule} name is text`, () => {
      for (const value of NO_TEXT) expect(parse(value)).toBeUndefined();
    });
    test(`${rule} name may be of any script, with spaces and emoji`, () => {
      for (const name of [
        "a",
        "chat:lobby",
        "Zoë B.",
        "Ωμέγα",
        "ミカサ",
        "عمر",
        "👩‍🚀",
        "❤️ 1️⃣ ‼️ 🏳️‍🌈 👍🏽",
        "می‌خواهم",
        "क्‍ष",
        "മോഹന്\u200d ലാല്\u200d",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🇩🇪",
        "a b c",
        "a,b",
        "<b>",
        "__proto__",
      ]) {
        expect(parse(name)).toBe(name);
      }
    });
  });
}

for (const [what, name] of [
  ["Han with an ideographic selector", "葛\u{e0100}城"],
  ["Han with another one, at the end", "渡辺葛\u{e01ef}"],
  ["Han with a standardized selector", "\u5ca9\ufe00"],
  ["Myanmar with a selector of a dotted letter", "\u1000\ufe00"],
  ["Phags-pa with a selector of a letter's form", "\ua85e\ufe00"],
  ["Mongolian with selectors and a vowel separator", "\u182d\u180b\u1820\u180e\u1820"],
  ["Kannada with a joiner before a virama", "\u0cb0\u200d\u0ccd\u0caf"],
  ["Sinhala with a joiner behind a virama", "ශ්\u200dරී"],
  ["Persian with a non-joiner", "می\u200cخواهم"],
] as const) {
  test(`NAME-7: a name may be written in ${what}`, () => {
    expect(parseUserName(name)).toBe(name);
    expect(parseRoomName(`todo:${name}`)).toBe(`todo:${name}`);
    expect(parsePattern(`${name}*`)).toBe(`${name}*`);
    expect(withoutInvisible(name)).toBe(name);
  });
}

describe("NAME-8: a text without what is invisible", () => {
  for (const [what, text, visible] of [
    ["nothing to do", "Milk & 🥛 – 2 l", "Milk & 🥛 – 2 l"],
    ["a space without width", "Mi\u200blk", "Milk"],
    ["a byte order mark and a soft hyphen", "\ufeffMi\u00adlk", "Milk"],
    ["an override of direction", "Milk \u202egpj.exe\u202c", "Milk gpj.exe"],
    ["marks of direction", "\u200fחלב\u200e", "חלב"],
    ["nothing else", "\u200b\u3164\u2800\u{e0061}", ""],
    ["joiners that join nothing", "\u200dM\u200d\u200cilk\u200d", "Milk"],
    ["joiners behind what is removed", "a\u200b\u200db", "ab"],
    ["selectors of nothing", "M\ufe0filk\ufe0f \u{e0100}", "Milk "],
    ["emoji", "👩\u200d🚀 ❤\ufe0f 1\ufe0f\u20e3", "👩\u200d🚀 ❤\ufe0f 1\ufe0f\u20e3"],
    ["flags", "🏴󠁧󠁢󠁥󠁮󠁧󠁿\u200b 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
    ["a flag with tags too many", "🏴󠁧󠁢󠁥󠁮󠁧󠁿\u{e0061}", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ] as const) {
    test(`NAME-8: of ${what}`, () => expect(withoutInvisible(text)).toBe(visible));
  }

  test("NAME-8: it is the same the second time, and what is left of a name's characters can be a name", () => {
    const odd = [
      ..."a1 -😀👩🏴葛か\u0915\u094d\u0301",
      "\u200b",
      "\u200c",
      "\u200d",
      "\ufe0f",
      "\ufe00",
      "\u{e0100}",
      "\u{e0067}",
      "\u{e007f}",
      "\u180b",
      "\u202e",
      "\u2800",
      "\u20e3",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...odd), { maxLength: 20 }), (parts) => {
        const visible = withoutInvisible(parts.join(""));
        expect(withoutInvisible(visible)).toBe(visible);
        const name = withoutInvisible(visible.normalize("NFC").trim().replace(/ +/g, " "));
        if (name !== "" && [...name].length <= 64) expect(parseUserName(name)).toBe(name);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("NAME-1: a room name has 128 bytes of UTF-8 at most", () => {
  expect(parseRoomName("x".repeat(128))).toBe("x".repeat(128));
  expect(parseRoomName("x".repeat(129))).toBeUndefined();
  expect(parseRoomName("é".repeat(64))).toBe("é".repeat(64));
  expect(parseRoomName(`${"é".repeat(64)}x`)).toBeUndefined();
  expect(parseRoomName("🚀".repeat(32))).toBe("🚀".repeat(32));
  expect(parseRoomName("🚀".repeat(33))).toBeUndefined();
  expect(parseRoomName("語".repeat(43))).toBeUndefined();
});

test("NAME-1: what stands behind the first colon is shown as a name, and does not begin with a space", () => {
  for (const name of ["chat: lobby", "a: b: c", "chat: "]) expect(parseRoomName(name)).toBeUndefined();
  for (const name of ["chat:Dune: part two", "chat:a b", "chat:"]) expect(parseRoomName(name)).toBe(name);
  expect(parseUserName("Dr.: a")).toBe("Dr.: a");
});

test("NAME-1: a star is a pattern's", () => {
  expect(parseRoomName("orders.*")).toBeUndefined();
  expect(parseRoomName("*")).toBeUndefined();
  expect(parseUserName("*ada*")).toBe("*ada*");
});

test("NAME-6: a pattern is the beginning of room names and one *, 128 bytes with it", () => {
  for (const pattern of [
    "*",
    "a*",
    "orders.*",
    "chat:*",
    "team *",
    `${"語".repeat(42)}*`,
    `${"x".repeat(127)}*`,
  ]) {
    expect(parsePattern(pattern)).toBe(pattern);
    expect(isPattern(pattern)).toBe(true);
  }
  expect(parsePattern("cafe\u0301*")).toBe("caf\u00e9*");
  for (const value of [
    "",
    "a",
    "**",
    "a**",
    "*a",
    "a*b",
    "a*b*",
    "a\n*",
    " *",
    "a  *",
    "chat: *",
    "\u202e*",
    `${"x".repeat(128)}*`,
    ...NO_TEXT,
  ]) {
    expect(parsePattern(value)).toBeUndefined();
  }
  expect(isPattern("a*b")).toBe(false);
});

test("NAME-2: a user name has 64 code points at most, of whatever size", () => {
  for (const char of ["x", "é", "語", "🚀"]) {
    expect(parseUserName(char.repeat(64))).toBe(char.repeat(64));
    expect(parseUserName(char.repeat(65))).toBeUndefined();
  }
});

test("NAME-5: room and user names are normalised to form C before they are measured", () => {
  expect(parseUserName("Zoe\u0308")).toBe("Zo\u00eb");
  expect(parseRoomName("cafe\u0301")).toBe("caf\u00e9");
  expect(parseRoomName("\u1112\u1161\u11ab")).toBe("\ud55c");
  expect(parseUserName("e\u0301".repeat(64))).toBe("\u00e9".repeat(64));
  expect(parseRoomName("e\u0301".repeat(64))).toBe("\u00e9".repeat(64));
  // Form C shrinks a name to a quarter at most.
  expect(parseUserName("u\u0308\u0304".repeat(64))).toBe("\u01d6".repeat(64));
  expect(parseRoomName("u\u0308\u0304".repeat(64))).toBe("\u01d6".repeat(64));
  expect(parseUserName("\u03b1\u0313\u0300\u0345".repeat(64))).toBe("\u1f82".repeat(64));
  expect(parseUserName("\u03b1\u0313\u0300\u0345".repeat(65))).toBeUndefined();
  // U+0958 has no composed form, so form C makes it longer.
  expect(parseUserName("\u0958".repeat(33))).toBeUndefined();
});

test("NAME-3: a type is 1–64 of A-Z a-z 0-9 _ . : / -", () => {
  for (const type of ["a", "chat", "todo.created", "a:b/c-d_E.9", "x".repeat(64)])
    expect(parseTypeName(type)).toBe(type);
  for (const type of ["", "x".repeat(65), "a b", "a,b", "a*", "é", "a\n", "\na", 'a"', ...NO_TEXT]) {
    expect(parseTypeName(type)).toBeUndefined();
  }
});

test("NAME-4: a message id of a client is 1–64 of A-Z a-z 0-9 _ -, without the dot and colon of the server's", () => {
  for (const id of ["a", "0f8fad5b-d9cb-469f-a165-70867728950e", "_-", "x".repeat(64)])
    expect(parseMessageId(id)).toBe(id);
  for (const id of ["", "x".repeat(65), "a.b", "a:b", "a b", "a\n", "é", ...NO_TEXT]) {
    expect(parseMessageId(id)).toBeUndefined();
  }
});

test("HELLO-3: a publisher is 16–64 of A-Z a-z 0-9 _ -", () => {
  for (const id of ["x".repeat(16), "x".repeat(64), "abcdefghIJKL0_-9"])
    expect(parsePublisherId(id)).toBe(id);
  for (const id of [
    "",
    "x".repeat(15),
    "x".repeat(65),
    `${"x".repeat(16)}.`,
    `${"x".repeat(16)}\n`,
    ...NO_TEXT,
  ]) {
    expect(parsePublisherId(id)).toBeUndefined();
  }
});
