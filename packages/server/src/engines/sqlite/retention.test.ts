/** What is left of trimmed messages in the database. On the logs themselves: there is no thread to wait for. */
import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ALL,
  append,
  historyOf,
  identified,
  numbered,
  offsets,
  ROOM,
  times,
} from "../../../testing/engine-contract/samples.ts";
import type { Policy } from "../../config/policy.ts";
import { type OpenDatabase, openDatabase } from "./database.ts";
import { SqliteLogs } from "./sqlite-logs.ts";

const HOUR = 3_600_000;

let directory: string;
let opened: OpenDatabase;
let db: Database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "fanfare-"));
  opened = openDatabase({ directory });
  db = opened.db;
});

afterEach(() => {
  db.close();
  opened.history.close();
  rmSync(directory, { recursive: true });
});

/** As after a restart: with nothing in memory. */
function logsOf(policies: readonly Policy[]): SqliteLogs {
  return new SqliteLogs(opened, { policies, publisherTtlMs: HOUR });
}

function deleteAllTrimmed(logs: SqliteLogs): void {
  while (logs.deleteTrimmed());
}

function stored(condition = "true"): number[] {
  const query = `SELECT "offset" FROM messages WHERE ${condition} ORDER BY "offset"`;
  return db
    .query<{ offset: number }, []>(query)
    .all()
    .map(({ offset }) => offset);
}

test("ROOM-3: the database keeps up with writers, without any idle time", () => {
  const logs = logsOf(historyOf(50));
  for (const i of times(40, (i) => i)) logs.commit(times(250, (k) => numbered(i * 250 + k + 1)));
  expect(stored().length).toBeGreaterThanOrEqual(50);
  // 100 may be due before a room is looked at.
  expect(stored().length).toBeLessThanOrEqual(50 + 100);
  deleteAllTrimmed(logs);
  expect(stored()).toEqual(times(50, (i) => 9951 + i));
});

test("ROOM-3: it keeps up with writers in many rooms, too", () => {
  const logs = logsOf(historyOf(10));
  for (const i of times(600, (i) => i))
    logs.commit(times(20, (k) => append(`${i}`, { by: "nothing" }, `chat:${k}`)));
  expect(stored().length).toBeLessThanOrEqual(20 * (10 + 100));
});

test("ONCE-2: messages in the window of ids stay, and are compared, however few the policy keeps", () => {
  const logs = logsOf(historyOf(5));
  logs.commit(times(600, (i) => identified(`old${i}`)));
  logs.commit(times(600, (i) => identified(`m${i}`)));
  for (const _ of times(8, (i) => i)) logs.commit(times(500, () => append("bare")));
  deleteAllTrimmed(logs);
  expect(stored("by_id = 1")).toEqual(times(1000, (i) => i + 201));
  expect(stored("by_id = 0")).toEqual(times(5, (i) => i + 5196));

  const again = logsOf(historyOf(5));
  expect(again.page(ROOM, { after: 0 }, ALL)).toMatchObject({ oldest: 5196, head: 5200 });
  expect(again.commit([identified("m0"), identified("old200", "other"), identified("old199")])).toEqual([
    expect.objectContaining({ offset: 601, duplicate: true }),
    { kind: "conflict" },
    expect.objectContaining({ offset: 5201, duplicate: false }),
  ]);
});

test("ROOM-3: what is too old goes, ids or not, also from rooms where nothing happens", () => {
  const at = Date.now() - 2 * HOUR;
  logsOf(historyOf(1000)).commit([...times(700, (i) => ({ ...identified(`m${i}`), at })), append("young")]);
  const logs = logsOf(historyOf(1000, HOUR));
  deleteAllTrimmed(logs);
  expect(stored()).toEqual([701]);
});

test("ROOM-3: a room that is removed to the last message keeps its place", () => {
  const at = Date.now() - 2 * HOUR;
  const elsewhere = append("young", { by: "nothing" }, "chat:other");
  logsOf(historyOf(1000)).commit([...times(7, () => ({ ...append("x"), at })), elsewhere]);
  deleteAllTrimmed(logsOf(historyOf(1000, HOUR)));
  expect(stored("room = 1")).toEqual([]);
  const logs = logsOf(historyOf(1000, HOUR));
  expect(logs.page(ROOM, { after: 0 }, ALL)).toMatchObject({ oldest: 8, head: 7, messages: [] });
  expect(offsets(logs.commit([append("next")]))).toEqual([8]);
});

test("ROOM-5: the newest message of all rooms stays in the database, where it says how far the log has got", () => {
  const at = Date.now() - 2 * HOUR;
  logsOf(historyOf(1000)).commit(times(7, () => ({ ...append("x"), at })));
  const logs = logsOf(historyOf(1000, HOUR));
  deleteAllTrimmed(logs);
  expect(stored()).toEqual([7]);
  expect(logs.page(ROOM, { after: 0 }, ALL)).toMatchObject({ oldest: 8, head: 7, messages: [] });
  // It goes as soon as another one is the newest.
  logs.commit([append("young", { by: "nothing" }, "chat:other")]);
  deleteAllTrimmed(logs);
  expect(stored("room = 1")).toEqual([]);
});

test("ROOM-3: a policy that keeps less than before is applied to what is stored", () => {
  logsOf(historyOf(1000)).commit(times(900, () => append("x")));
  const logs = logsOf(historyOf(3));
  expect(logs.page(ROOM, { after: 0 }, ALL).messages.map(({ offset }) => offset)).toEqual([898, 899, 900]);
  deleteAllTrimmed(logs);
  expect(stored()).toEqual([898, 899, 900]);
});

test("ONCE-6: publishers that have expired are removed, and no others", () => {
  const logs = logsOf([]);
  const old = (n: number) => ({ ...numbered(1, "x", ROOM, `old-publisher-${n}`), at: Date.now() - 2 * HOUR });
  logs.commit([...times(200, old), ...times(100, (i) => numbered(1, "x", ROOM, `publisher-${i}`))]);
  for (const _ of times(10, (i) => i)) logs.deleteTrimmed();
  expect(db.query("SELECT count(*) AS count FROM publishers").get()).toEqual({ count: 100 });
});

test("ENGINE-24: a room whose messages cannot be deleted costs the other rooms nothing", () => {
  const logs = logsOf(historyOf(10));
  logs.commit(times(1, () => append("sick", { by: "nothing" }, "chat:sick")));
  db.run(
    `CREATE TEMP TRIGGER sick BEFORE DELETE ON messages WHEN old.room = 1
     BEGIN SELECT RAISE(ABORT, 'damaged'); END`,
  );
  logs.commit(times(500, () => append("sick", { by: "nothing" }, "chat:sick")));
  for (const i of times(5, (i) => i)) {
    const outcomes = logs.commit(times(200, () => append("x", { by: "nothing" }, "chat:healthy")));
    expect(offsets(outcomes)).toEqual(times(200, (k) => i * 200 + k + 1));
  }
  deleteAllTrimmed(logs);
  expect(stored("room = 2")).toEqual(times(10, (i) => 991 + i));
  expect(stored("room = 1")).toHaveLength(501);
});
