import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { openTodoService, Unavailable } from "@fanfare/todo";
import { TodoServer } from "./support/todo-server.ts";

const INDEX_LEAF = 0x0a;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Flips one bit of `text` where it stands in the file, on a page that `matches`. */
function flip(file: string, text: string, matches: (pageType: number) => boolean): void {
  const bytes = readFileSync(file);
  const pageBytes = bytes.readUInt16BE(16);
  let at = bytes.indexOf(text);
  while (at !== -1 && !matches(bytes[at - (at % pageBytes)] ?? 0)) at = bytes.indexOf(text, at + 1);
  if (at === -1) throw new Error(`${text} is not on such a page`);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** A closed database with two to-dos. */
async function filled(file: string): Promise<{ hurt: string; sound: string }> {
  await using server = await TodoServer.open({ kind: "sqlite", file });
  const { id: hurt } = await server.client().create("groceries", "a title that will be damaged");
  const { id: sound } = await server.client().create("groceries", "a title that stays");
  return { hurt, sound };
}

test("TODO-13: a to-do whose record is damaged is not served, the others are, and the log names it once", async () => {
  using place = scratchDirectory();
  const file = join(place.path, "todos.sqlite");
  const { hurt, sound } = await filled(file);
  flip(file, "a title that will be damaged", (type) => type !== INDEX_LEAF);
  const errors: unknown[] = [];
  const log = { ...SILENT, error: (...line: unknown[]) => void errors.push(line) };
  await using server = await TodoServer.open({ kind: "sqlite", file }, { log });
  const client = server.client();
  for (const [method, body] of [["GET"], ["PATCH", { completed: true }], ["DELETE"]] as const) {
    const answer = await client.ask(method, `/${hurt}`, body);
    expect([method, answer.status, answer.body.code]).toEqual([method, 500, "damaged"]);
  }
  expect((await client.all("list=groceries")).map(({ id }) => id)).toEqual([sound]);
  expect((await client.patch(sound, { completed: true })).title).toBe("a title that stays");
  expect(errors).toEqual([["todo.damaged", { id: hurt }]]);
});

test("TODO-13: a file whose structure is damaged is refused at the start", async () => {
  using place = scratchDirectory();
  const file = join(place.path, "todos.sqlite");
  await filled(file);
  const bytes = readFileSync(file);
  const pageBytes = bytes.readUInt16BE(16);
  bytes[bytes.length - pageBytes] = 0xff; // the type of the last page
  writeFileSync(file, bytes);
  const options = { publish: async () => ({ kept: true }) as const, log: SILENT };
  const opening = openTodoService({ database: { kind: "sqlite", file }, ...options });
  await expect(opening).rejects.toBeInstanceOf(Unavailable);
});

test("TODO-13: a notification that is damaged while it waits is not published, those behind it are, and the log names it", async () => {
  using place = scratchDirectory();
  const file = join(place.path, "todos.sqlite");
  {
    const through = () => async () => ({ kept: false, reason: "the room is busy", retry: true }) as const;
    await using server = await TodoServer.open({ kind: "sqlite", file }, { through });
    await server.client("the-author-of-the-first").create("groceries", "first");
    await server.client("the-author-of-the-second").create("groceries", "second");
  }
  flip(file, "the-author-of-the-first", (type) => type !== INDEX_LEAF);
  const errors: unknown[] = [];
  const log = { ...SILENT, error: (event: string) => void errors.push(event) };
  await using server = await TodoServer.open({ kind: "sqlite", file }, { log });
  const reader = await NativeClient.connect(server.url, "reader");
  await reader.join("todo:groceries", { history: 10 });
  await reader.received(1);
  expect(reader.messages.map(({ data }) => (data as { by?: string }).by)).toEqual([
    "the-author-of-the-second",
  ]);
  expect(errors).toEqual(["todo.notification_damaged"]);
});
