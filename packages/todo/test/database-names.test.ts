import { expect, test } from "bun:test";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { Database } from "../src/store/database.ts";

for (const name of [
  "a?b",
  "a?mode=ro",
  "a?mode=memory",
  "a#b",
  "a%41b",
  "a%",
  "a%3Fb",
  "a'b",
  'a"b',
  "a b",
  "a\\b",
  "a\nb",
  "a&b=c;d",
  ":memory:",
  "file:x",
  "file:x?mode=memory",
  "sqlite:x",
  "ä日🎺",
  "~",
  "$HOME",
]) {
  test(`CONFIG-2: a data directory called ${JSON.stringify(name)} has the to-dos, and nothing is elsewhere`, async () => {
    using place = scratchDirectory();
    const directory = join(place.path, name);
    mkdirSync(directory);
    const database = await Database.open({ kind: "sqlite", file: join(directory, "todos.sqlite") });
    await database.write((sql) => sql`create table t (a integer)`);
    await database.close();
    expect(readdirSync(place.path)).toEqual([name]);
    expect(readdirSync(directory)).toContain("todos.sqlite");
  });
}
