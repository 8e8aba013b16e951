import { expect, test } from "bun:test";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { TodoServer } from "./support/todo-server.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

test("TODO-14: changes are refused while the database is away, read on, and kept again once it is back", async () => {
  using place = scratchDirectory();
  const [file, away] = [join(place.path, "todos.sqlite"), join(place.path, "away")];
  const errors: unknown[] = [];
  const log = { ...SILENT, error: (...line: unknown[]) => void errors.push(line) };
  await using server = await TodoServer.open({ kind: "sqlite", file }, { log });
  const client = server.client();
  const { id } = await client.create("groceries", "Milk");
  const changes = [
    ["POST", "", { list: "groceries", title: "Bread" }],
    ["PATCH", `/${id}`, { completed: true }],
    ["DELETE", `/${id}`],
  ] as const;
  renameSync(file, away);
  for (const replace of [() => {}, () => copyFileSync(away, file)]) {
    replace();
    for (const [method, path, body] of changes) {
      const { status, body: problem } = await client.ask(method, path, body);
      expect([method, status, problem.code]).toEqual([method, 503, "unavailable"]);
    }
    expect((await client.all("list=groceries")).map(({ title }) => title)).toEqual(["Milk"]);
  }
  expect(JSON.stringify(errors)).toContain(`${file} was removed or replaced`);
  rmSync(file);
  renameSync(away, file);
  expect((await client.create("groceries", "Bread")).version).toBe(1);
});
