/** What is promised when something breaks: a record, the disk, the thread. */
import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingListener } from "../../../testing/engine-contract/engine-contract.ts";
import {
  ALL,
  append,
  identified,
  numbered,
  offsets,
  ROOM,
  times,
} from "../../../testing/engine-contract/samples.ts";
import { EngineError } from "../engine.ts";
import { DATABASE_FILE } from "./database.ts";
import { SqliteEngine, type SqliteEngineOptions } from "./index.ts";

const directories: string[] = [];
const engines: SqliteEngine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function open(options: Partial<SqliteEngineOptions> = {}): Promise<[SqliteEngine, string]> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "fanfare-"));
  if (options.directory === undefined) directories.push(directory);
  const engine = await SqliteEngine.open({ ...options, directory });
  engines.push(engine);
  return [engine, directory];
}

describe("a damaged record", () => {
  test("GAP-2: it is reported with its offset, and nothing else is affected", async () => {
    const [first, directory] = await open();
    await new RecordingListener(first).append(
      ...times(10, (i) => append(`${i}`)),
      append("x", { by: "nothing" }, "chat:two"),
    );
    await first.close();
    const db = new Database(join(directory, DATABASE_FILE));
    db.run(`UPDATE messages SET data = replace(data, '4', '5') WHERE "offset" = 5`);
    db.run(`DELETE FROM messages WHERE "offset" = 8`);
    db.close();

    const node = new RecordingListener((await open({ directory }))[0]);
    const read = (after: number) =>
      node.node.read(ROOM, { after }, ALL).then(
        ({ messages }) => messages.map(({ offset }) => offset),
        (error) => (error instanceof EngineError ? [error.kind, error.offset] : error),
      );
    expect(await read(0)).toEqual([1, 2, 3, 4]);
    expect(await read(4)).toEqual(["damaged", 5]);
    expect(await read(5)).toEqual([6, 7]);
    expect(await read(7)).toEqual(["damaged", 8]);
    expect(await read(8)).toEqual([9, 10]);
    const backwards = await node.node.read(ROOM, { before: 11 }, ALL);
    expect(backwards.messages.map(({ offset }) => offset)).toEqual([9, 10]);
    expect((await node.node.read("chat:two", { after: 0 }, ALL)).messages).toHaveLength(1);
    expect(offsets(await node.append(append("next")))).toEqual([11]);
  });

  test("GAP-2: a retry of it is a duplicate: it cannot be compared", async () => {
    const [first, directory] = await open();
    await new RecordingListener(first).append(identified("m"));
    await first.close();
    const db = new Database(join(directory, DATABASE_FILE));
    db.run("UPDATE messages SET sender = 'Nobody'");
    db.close();
    const node = new RecordingListener((await open({ directory }))[0]);
    expect(await node.append(identified("m"))).toEqual([
      expect.objectContaining({ offset: 1, duplicate: true }),
    ]);
  });
});

describe("a full disk", () => {
  const big = "x".repeat(20_000);

  test("KEEP-1: what was not committed is unavailable, and kept by a retry", async () => {
    const [engine, directory] = await open({ maxPages: 100 });
    const node = new RecordingListener(engine);
    const observer = new RecordingListener(engine);
    await observer.tail(ROOM);
    let n = 0;
    let [outcome] = await node.append(numbered(++n, big));
    while (outcome?.kind === "kept") [outcome] = await node.append(numbered(++n, big));
    expect(outcome?.kind).toBe("unavailable");
    const failed = () => node.calls.filter((call) => call.kind === "health").map((call) => call.health.ok);
    expect(failed()).toEqual([false]);

    // Reads, events and presence go on.
    expect((await node.node.read(ROOM, { after: 0 }, ALL)).head).toBe(n - 1);
    node.submit({ kind: "relay", room: ROOM, event: { type: "typing", from: "Eren", data: "{}" } });
    await observer.until(() => observer.changes.at(-1)?.kind === "event");

    // The failed number was not used up, nor the offset; what is small enough still fits.
    expect(await node.append(numbered(n + 1, "s"), numbered(n, "s"))).toEqual([
      { kind: "out-of-sequence", expected: n },
      expect.objectContaining({ kind: "kept", offset: n, duplicate: false }),
    ]);
    await node.until(() => failed().length > 1);
    expect(failed()).toEqual([false, true]);
    await observer.until(() => observer.messages(ROOM).length === n);
    expect(observer.messages(ROOM).map(({ offset }) => offset)).toEqual(times(n, (i) => i + 1));

    await engine.close();
    const again = new RecordingListener((await open({ directory }))[0]);
    expect((await again.node.read(ROOM, { after: 0 }, ALL)).messages).toEqual(observer.messages(ROOM));
    expect(offsets(await again.append(numbered(n + 1, big)))).toEqual([n + 1]);
  });

  test("KEEP-1: a batch that does not fit fails as a whole, and no node gets any of it", async () => {
    const [engine] = await open({ maxPages: 100 });
    const [node, observer] = [new RecordingListener(engine), new RecordingListener(engine)];
    await observer.tail(ROOM);
    const batch = times(50, (i) => identified(`m${i}`, big));
    const outcomes = await node.append(append("before"), ...batch);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["unavailable"]));
    expect(await node.append(identified("m0", "another body"))).toEqual([
      expect.objectContaining({ kind: "kept", offset: 1, duplicate: false }),
    ]);
    await observer.until(() => observer.messages(ROOM).length > 0);
    expect(observer.messages(ROOM).map(({ offset, id }) => [offset, id])).toEqual([[1, "m0"]]);
  });

  test("ENGINE-17: a node that connects while commits fail learns of it", async () => {
    const [engine] = await open({ maxPages: 20 });
    const node = new RecordingListener(engine);
    await node.append(append(big.repeat(10)));
    const late = new RecordingListener(engine);
    await late.until(() => late.calls.length > 0);
    expect(late.calls).toMatchObject([{ kind: "health", health: { ok: false } }]);
  });
});

describe("files that are taken away from a running server", () => {
  const FILES = ["fanfare.db", "fanfare.db-wal", "fanfare.mark"];
  const TAKINGS: Readonly<Record<string, (directory: string) => void>> = {
    "the directory removed": (directory) => {
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    },
    "the directory replaced by a copy": (directory) => {
      renameSync(directory, `${directory}-old`);
      directories.push(`${directory}-old`);
      cpSync(`${directory}-old`, directory, { recursive: true });
    },
    ...Object.fromEntries(
      FILES.map((file) => [`${file} removed`, (directory) => rmSync(join(directory, file))]),
    ),
  };

  test.each(Object.entries(TAKINGS))(
    "KEEP-5: %s: publishes are refused, and health says why",
    async (_, take) => {
      const [engine, directory] = await open({ fileCheckMs: 10 });
      const node = new RecordingListener(engine);
      await node.append(append("kept"));
      take(directory);
      const failures = () =>
        node.calls.flatMap((call) => (call.kind === "health" && !call.health.ok ? [call.health.reason] : []));
      await node.until(() => failures().length > 0);
      expect(failures()).toEqual([expect.stringContaining(directory)]);
      expect(await node.append(append("lost"))).toEqual([
        { kind: "unavailable", reason: failures()[0] ?? "" },
      ]);
      // Reads go on.
      expect((await node.node.read(ROOM, { after: 0 }, ALL)).head).toBe(1);
    },
  );

  test("KEEP-5: once the files are back, publishes are kept again", async () => {
    const [engine, directory] = await open({ fileCheckMs: 10 });
    const node = new RecordingListener(engine);
    const health = () => node.calls.flatMap((call) => (call.kind === "health" ? [call.health.ok] : []));
    renameSync(directory, `${directory}-away`);
    await node.until(() => health().length === 1);
    renameSync(`${directory}-away`, directory);
    await node.until(() => health().length === 2);
    expect(health()).toEqual([false, true]);
    expect(offsets(await node.append(append("kept")))).toEqual([1]);
  });
});

describe("the end of the thread", () => {
  test("ENGINE-18: what waits is unavailable, health is red, and nothing hangs", async () => {
    const [engine] = await open();
    const node = new RecordingListener(engine);
    await node.append(append("kept"));
    node.submit(...times(2000, () => append("pending")));
    const read = node.node.read(ROOM, { after: 0 }, ALL).catch((error) => error.kind);
    await engine.terminate();
    await node.until(() => node.outcomes.length === 2001);
    expect(node.outcomes.at(-1)?.kind).toBe("unavailable");
    expect(node.calls.some((call) => call.kind === "health" && !call.health.ok)).toBe(true);
    expect(await read).toBe("unavailable");
    expect((await node.append(append("late")))[0]?.kind).toBe("unavailable");
    expect(await node.node.read(ROOM, { after: 0 }, ALL).catch((error) => error.kind)).toBe("unavailable");
    const late = new RecordingListener(engine);
    await late.until(() => late.calls.length > 0);
    expect(late.premature).toEqual([]);
    await node.node.close();
  });
});
