import { expect, test } from "bun:test";
import { readRoomName } from "../src/chat/room-name.ts";
import { roomNameError } from "../src/console/room-name.ts";
import { readUserName } from "../src/identity/user-name.ts";
import { readListName } from "../src/todo/todo.ts";

const READERS = [
  ["a user", (text: string) => !readUserName(text).ok],
  ["a chat room", (text: string) => !readRoomName(text).ok],
  ["a list", (text: string) => !readListName(text).ok],
  ["a room of the console", (text: string) => roomNameError(text, { patterns: true }) !== undefined],
  ["a pattern of the console", (text: string) => roomNameError(`${text}*`, { patterns: true }) !== undefined],
] as const;

const UNSEEN = [
  "\u0000",
  "\u0085",
  "\u00ad",
  "\u061c",
  "\u200b",
  "\u200e",
  "\u2028",
  "\u202e",
  "\u2060",
  "\u2066",
  "\ufeff",
];

test("NAME-1 NAME-2: spaces that no name has are taken away from what people type", () => {
  expect(readUserName("  Ada \u00a0 Lovelace ")).toEqual({ ok: true, name: "Ada Lovelace" });
  expect(readRoomName(" # the  team")).toEqual({ ok: true, name: "the team" });
  expect(readListName("to\u3000buy")).toEqual({ ok: true, name: "to buy" });
});

for (const [what, isRefused] of READERS) {
  test(`NAME-1 NAME-2: the name of ${what} is refused here where the server would refuse it`, () => {
    for (const character of [...UNSEEN, "\ud800"]) {
      const name = `a${character}b`;
      expect([name.codePointAt(1), isRefused(name)]).toEqual([name.codePointAt(1), true]);
    }
    expect(isRefused("a".repeat(129))).toBe(true);
    for (const name of ["ada", "日本", "Ünal", "👩‍💻", "a b"])
      expect([name, isRefused(name)]).toEqual([name, false]);
  });
}
