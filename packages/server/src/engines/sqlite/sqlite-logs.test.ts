/** What the logs remember when memory for it is short, or when a statement fails. */
import type { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  append,
  historyOf,
  identified,
  numbered,
  offsets,
  times,
} from "../../../testing/engine-contract/samples.ts";
import { type Append, EngineError } from "../engine.ts";
import { openDatabase } from "./database.ts";
import type { History } from "./history.ts";
import type { CacheLimits } from "./room-cache.ts";
import { SqliteLogs } from "./sqlite-logs.ts";

const OPTIONS = { policies: historyOf(20), publisherTtlMs: 3_600_000 };

function withLogs(
  limits: CacheLimits[],
  work: (logs: SqliteLogs[], databases: Database[], histories: History[]) => void,
): void {
  const directories = limits.map(() => mkdtempSync(join(tmpdir(), "fanfare-")));
  const opened = directories.map((directory) => openDatabase({ directory }));
  const databases = opened.map(({ db }) => db);
  work(
    opened.map((each, i) => new SqliteLogs(each, OPTIONS, limits[i])),
    databases,
    opened.map(({ history }) => history),
  );
  for (const { db, history } of opened) {
    db.close();
    history.close();
  }
  for (const directory of directories) rmSync(directory, { recursive: true });
}

const plenty = { rooms: 1000, ids: 1000, publishers: 1000 };

test("ROOM-5: while the mark cannot be written, nothing more is committed", () => {
  withLogs([plenty], ([logs], _, [history]) => {
    history?.close(); // from here on every write of it fails
    expect(offsets(logs?.commit([append("one")]) ?? [])).toEqual([1]);
    expect(() => logs?.commit([append("two")])).toThrow(EngineError);
    expect(logs?.position("chat:one").head).toBe(1);
  });
});

test("ONCE-1, ONCE-2: logs that forget everything between commits answer as logs that forget nothing", () => {
  const room = fc.constantFrom("chat:a", "chat:b", "chat:c");
  const text = fc.constantFrom("x", "x", "y");
  const publish: fc.Arbitrary<Append> = fc.oneof(
    fc.tuple(room, text).map(([room, text]) => append(text, { by: "nothing" }, room)),
    fc
      .tuple(fc.integer({ min: 0, max: 9 }), text, room)
      .map(([n, text, room]) => identified(`m${n}`, text, room)),
    fc
      .tuple(fc.integer({ min: 1, max: 9 }), text, room, fc.constantFrom("p", "q"))
      .map(([n, text, room, publisher]) => numbered(n, text, room, publisher)),
  );
  const commits = fc.array(fc.array(publish, { minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 20,
  });
  const epochless = (outcomes: readonly object[]) => outcomes.map((outcome) => ({ ...outcome, epoch: "" }));
  fc.assert(
    fc.property(commits, (commits) => {
      withLogs([plenty, { rooms: 0, ids: 0, publishers: 0 }], ([rich, poor]) => {
        for (const appends of commits) {
          expect(epochless(poor?.commit(appends) ?? [])).toEqual(epochless(rich?.commit(appends) ?? []));
        }
      });
    }),
    { numRuns: 25 },
  );
});

test("ENGINE-20: a room with more publishers than memory has place for is served all the same", () => {
  withLogs([{ rooms: 10, ids: 10, publishers: 10 }], ([logs]) => {
    for (const n of times(3, (i) => i + 1)) {
      const outcomes = logs?.commit(times(50, (i) => numbered(n, "x", "chat:one", `publisher-${i}`))) ?? [];
      expect(offsets(outcomes)).toEqual(times(50, (i) => (n - 1) * 50 + i + 1));
    }
  });
});

test("KEEP-1: a commit that fails at its end leaves nothing behind, in the tables or in memory", () => {
  withLogs([plenty], ([logs], [db]) => {
    logs?.commit([numbered(1), identified("m1")]);
    db?.run(
      "CREATE TEMP TRIGGER broken BEFORE INSERT ON publishers BEGIN SELECT RAISE(ABORT, 'broken'); END",
    );
    const doomed = [identified("m2"), numbered(2), append("x", { by: "nothing" }, "chat:new")];
    expect(() => logs?.commit(doomed)).toThrow(EngineError);
    expect(db?.query("SELECT count(*) AS count FROM messages").get()).toEqual({ count: 2 });
    db?.run("DROP TRIGGER broken");
    expect(offsets(logs?.commit(doomed) ?? [])).toEqual([3, 4, 1]);
  });
});

test("ENGINE-21: a record that cannot be stored fails alone, and uses nothing up", () => {
  withLogs([plenty], ([logs], [db]) => {
    const condition = "WHEN new.id = 'bad' BEGIN SELECT RAISE(ABORT, 'broken'); END";
    db?.run(`CREATE TEMP TRIGGER broken BEFORE INSERT ON messages ${condition}`);
    const outcomes = logs?.commit([numbered(1), { ...numbered(2), id: "bad" }, numbered(3), numbered(2)]);
    expect(outcomes?.map(({ kind }) => kind)).toEqual(["kept", "unavailable", "out-of-sequence", "kept"]);
    expect(offsets(logs?.commit([numbered(3)]) ?? [])).toEqual([3]);
  });
});
