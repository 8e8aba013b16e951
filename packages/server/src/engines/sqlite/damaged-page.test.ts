/** What a damaged page of the database costs: the records on it, or the room that cannot be opened, and nobody else. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingListener } from "../../../testing/engine-contract/engine-contract.ts";
import {
  ALL,
  append,
  historyOf,
  numbered,
  offsets,
  times,
} from "../../../testing/engine-contract/samples.ts";
import { EngineError, type Page } from "../engine.ts";
import { DATABASE_FILE, openDatabase } from "./database.ts";
import { damageLeaf, damagePageWith } from "./fixtures/damaged-pages.ts";
import { SqliteEngine } from "./index.ts";
import { SqliteLogs } from "./sqlite-logs.ts";

const [LARGE, SMALL] = ["chat:large", "chat:small"];
const COUNT = 3000;
/** More than fit into one page of the index. */
const SMALL_COUNT = 1000;

let directory: string | undefined;
let engine: SqliteEngine | undefined;
afterEach(async () => {
  await engine?.close();
  if (directory !== undefined) rmSync(directory, { recursive: true });
  engine = undefined;
  directory = undefined;
});

/** Two rooms, and a database that was damaged while no server had it open. */
async function damaged(damage: (file: string) => void): Promise<RecordingListener> {
  directory = mkdtempSync(join(tmpdir(), "fanfare-"));
  const first = await SqliteEngine.open({ directory });
  const writer = new RecordingListener(first);
  await writer.append(...times(COUNT, (i) => append(`large ${i + 1}.`, { by: "nothing" }, LARGE)));
  await writer.append(...times(SMALL_COUNT, (i) => numbered(i + 1, `small ${i + 1}.`, SMALL)));
  await first.close();
  damage(join(directory, DATABASE_FILE));
  engine = await SqliteEngine.open({ directory });
  return new RecordingListener(engine);
}

function read(node: RecordingListener, room: string, range: { after: number } | { before: number }) {
  return node.node.read(room, range, ALL).catch((error): EngineError => {
    if (error instanceof EngineError) return error;
    throw error;
  });
}

const offsetsOf = ({ messages }: Page) => messages.map(({ offset }) => offset);
const isFailure = (result: Page | EngineError): result is EngineError => result instanceof EngineError;

/** Reads a room as a replay does: on behind each damage. @returns the offsets that were left out. */
async function leftOut(node: RecordingListener, room: string, head: number): Promise<number[]> {
  const readable: number[] = [];
  let failures = 0;
  for (let cursor = 0; cursor < head; ) {
    const page = await read(node, room, { after: cursor });
    if (!isFailure(page)) {
      readable.push(...offsetsOf(page));
      cursor = readable.at(-1) ?? head;
      continue;
    }
    expect([page.kind, page.offset]).toEqual(["damaged", cursor + 1]);
    expect(++failures).toBe(1);
    cursor = page.through ?? 0;
  }
  const known = new Set(readable);
  expect(readable).toEqual([...known].sort((a, b) => a - b));
  return times(head, (i) => i + 1).filter((offset) => !known.has(offset));
}

test("GAP-3: of a damaged page of messages those on it are left out, and nothing else", async () => {
  const node = await damaged((file) => damagePageWith(file, "large 1500."));
  const missing = await leftOut(node, LARGE, COUNT);
  expect(missing).toContain(1500);
  expect(missing.length).toBeLessThan(100);
  expect(await leftOut(node, SMALL, SMALL_COUNT)).toEqual([]);
});

test("GAP-3: so it is with a damaged page of the index", async () => {
  const node = await damaged((file) => damageLeaf(file, "messages_by_offset", "first"));
  const missing = await leftOut(node, LARGE, COUNT);
  expect(missing[0]).toBe(1);
  expect(missing.length).toBeLessThan(500);
  expect(await leftOut(node, SMALL, SMALL_COUNT)).toEqual([]);
});

test("GAP-3: a page of history ends before the damage, in both directions", async () => {
  const node = await damaged((file) => damagePageWith(file, "large 1500."));
  const missing = await leftOut(node, LARGE, COUNT);
  const [lowest = 0, highest = 0] = [missing[0], missing.at(-1)];
  const below = await read(node, LARGE, { after: lowest - 11 });
  expect(isFailure(below) || offsetsOf(below)).toEqual(times(10, (i) => lowest - 10 + i));
  const above = await read(node, LARGE, { before: highest + 11 });
  expect(isFailure(above) || offsetsOf(above)).toEqual(times(10, (i) => highest + 1 + i));
  const within = await read(node, LARGE, { before: highest + 1 });
  expect(isFailure(within) && [within.kind, within.offset]).toEqual(["damaged", highest]);
});

describe("a room whose end cannot be read", () => {
  const unopenable = () => damaged((file) => damageLeaf(file, "messages_by_offset", "last"));

  test("GAP-3 ENGINE-21: it is refused, and the others go on as if nothing was", async () => {
    const node = await unopenable();
    node.node.tail(SMALL);
    await node.until(() => node.refusals(SMALL).length === 1);
    expect(node.refusals(SMALL).map(({ kind }) => kind)).toEqual(["damaged"]);
    expect(await node.tail(LARGE)).toMatchObject({ head: COUNT });
    const outcomes = await node.append(
      append("x", { by: "nothing" }, LARGE),
      append("x", { by: "nothing" }, SMALL),
      append("y", { by: "nothing" }, LARGE),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(["kept", "unavailable", "kept"]);
    const within = await read(node, SMALL, { after: 0 });
    expect(isFailure(within) && [within.kind, within.offset]).toEqual(["damaged", undefined]);
    expect(node.calls.filter(({ kind }) => kind === "health")).toEqual([]);
  });
});

test("GAP-3 ENGINE-17: where no message can be added any more, health says so, and reads go on", async () => {
  const node = await damaged((file) => damageLeaf(file, "messages", "last"));
  const health = () => node.calls.flatMap((call) => (call.kind === "health" ? [call.health] : []));
  await node.until(() => health().length > 0);
  expect(health()).toEqual([{ ok: false, reason: expect.stringContaining("damaged") }]);
  expect((await node.append(append("x", { by: "nothing" }, LARGE))).map(({ kind }) => kind)).toEqual([
    "unavailable",
  ]);
  expect(await leftOut(node, LARGE, COUNT)).toEqual([]);
  expect(health()).toHaveLength(1);
});

test("GAP-3 ENGINE-24: retention passes over what it cannot read", async () => {
  for (const name of [
    "messages_by_offset",
    "messages_by_id",
    "publishers",
    "rooms",
    "sqlite_autoindex_rooms_1",
  ]) {
    await damaged((file) => damageLeaf(file, name, "last"));
    await engine?.close();
    engine = undefined;
    const opened = openDatabase({ directory: directory ?? "" });
    const logs = new SqliteLogs(opened, { policies: historyOf(10), publisherTtlMs: 0 });
    for (const _ of times(40, (i) => i)) logs.deleteTrimmed();
    opened.db.close();
    opened.history.close();
    rmSync(directory ?? "", { recursive: true });
  }
  directory = undefined;
});

test("GAP-3 ENGINE-21: a publisher whose numbers cannot be read or saved is refused alone", async () => {
  const node = await damaged((file) => damageLeaf(file, "publishers", "first"));
  const outcomes = await node.append(
    append("x", { by: "nothing" }, LARGE),
    numbered(SMALL_COUNT + 1, "x", SMALL),
    numbered(1, "x", SMALL, "another-publisher-0123"),
    append("y", { by: "nothing" }, LARGE),
  );
  expect(outcomes.map(({ kind }) => kind)).toEqual(["kept", "unavailable", "unavailable", "kept"]);
  expect(offsets(outcomes.filter(({ kind }) => kind === "kept"))).toEqual([COUNT + 1, COUNT + 2]);
  expect(node.calls.filter(({ kind }) => kind === "health")).toEqual([]);
});
