import { expect, test } from "bun:test";
import { withoutPassword } from "./database-url.ts";

test("LOG-3: a password is never shown, also where the address is not one", () => {
  for (const [url, shown] of [
    ["postgres://ada:secret@db.example:5432/todos", "postgres://ada:***@db.example:5432/todos"],
    ["postgres://ada:se:c/r?e#t@db.example/todos", "postgres://ada:***@db.example/todos"],
    ["postgres://ada:a@secret@db.example/todos", "postgres://ada:***@db.example/todos"],
    ["postgres://:secret@db.example/todos", "postgres://:***@db.example/todos"],
    ["mysql://ada:secret@db", "mysql://ada:***@db"],
    ["ada:secret@db.example", "ada:***@db.example"],
    ["postgres://db/todos?user=ada&password=secret&x=1", "postgres://db/todos?user=ada&password=***&x=1"],
    ["postgres://ada@db.example:5432/todos", "postgres://ada@db.example:5432/todos"],
    ["postgres://db.example/todos?path=/run", "postgres://db.example/todos?path=/run"],
  ] as const) {
    expect(withoutPassword(url)).toBe(shown);
    expect(withoutPassword(url)).not.toContain("secret");
  }
});
