/** The database's layout, as the steps that lead from each version to the next. */
import type { Database } from "bun:sqlite";
import { EngineError } from "../engine.ts";

/** "Ffar", in SQLite's header: the file is Fanfare's. */
export const APPLICATION_ID = 0x46666172;

/**
 * Step `i` leads from version `i` to `i + 1`. Never change one that was released; add another.
 *
 * Messages are a rowid table with a unique index: 209 k messages/s at 100 rooms in batches of 1,000, against
 * 176 k with room and offset packed into the rowid, and 136 k WITHOUT ROWID.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- NULL: that of the database
    epoch TEXT,
    -- messages before it were trimmed; when none is left, it is the next offset
    oldest INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE messages (
    key INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    sender TEXT NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL,
    -- 1: published by id, so that a retry with this id is recognised
    by_id INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX messages_by_offset ON messages (room, "offset");
  CREATE INDEX messages_by_id ON messages (room, "offset") WHERE by_id = 1;
  CREATE TABLE publishers (
    publisher TEXT NOT NULL,
    room INTEGER NOT NULL,
    last INTEGER NOT NULL,
    -- offsets of its last numbers, as in publisher-table.ts
    offsets BLOB NOT NULL,
    -- "at" of its last message
    seen INTEGER NOT NULL,
    PRIMARY KEY (publisher, room)
  ) STRICT, WITHOUT ROWID;
  `,
  // Nothing but its number: from version 2 on, a database has a mark beside it.
  "INSERT INTO meta VALUES ('mark', 'fanfare.mark')",
];

/**
 * The version of the database, 0 for an empty one.
 * @throws {EngineError} `newer-version` or `not-a-database`. Changes nothing.
 */
export function versionOf(db: Database, migrations = MIGRATIONS): number {
  const applicationId = numberOf(db, "application_id");
  if (applicationId !== APPLICATION_ID) {
    const tables = db.query<{ count: number }, []>("SELECT count(*) AS count FROM sqlite_schema").get();
    if (applicationId === 0 && tables?.count === 0) return 0;
    throw new EngineError("not-a-database", "the file is a database of another application");
  }
  const version = numberOf(db, "user_version");
  if (version <= migrations.length) return version;
  throw new EngineError(
    "newer-version",
    `the database has version ${version}, and this program knows versions up to ${migrations.length}: run a newer one`,
  );
}

/** The version from which on a mark is written beside the database (`high-water-mark.ts`). */
export const MARKED_SINCE = 2;

/** Brings the database to this program's version, in one transaction. */
export function migrate(db: Database, newEpoch: () => string, migrations = MIGRATIONS): void {
  const version = versionOf(db, migrations);
  if (version === migrations.length) return;
  db.transaction(() => {
    for (const step of migrations.slice(version)) db.run(step);
    if (version === 0) db.run("INSERT INTO meta VALUES ('epoch', ?)", [newEpoch()]);
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.run(`PRAGMA user_version = ${migrations.length}`);
  }).immediate();
}

/** Reads a pragma that has a number. */
export function numberOf(db: Database, name: "application_id" | "user_version" | "page_size"): number {
  return db.query<Record<string, number>, []>(`PRAGMA ${name}`).get()?.[name] ?? 0;
}
