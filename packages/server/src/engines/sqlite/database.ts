/** Opens the only connection to the database file; its lock excludes other programs. */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { DataFiles } from "../../files/data-files.ts";
import { createPrivateFile, makePrivate } from "../../files/private-file.ts";
import { MARK_FILE } from "./high-water-mark.ts";
import { History } from "./history.ts";
import { MARKED_SINCE, migrate, numberOf, versionOf } from "./schema.ts";
import { engineErrorOf, isFull } from "./sqlite-error.ts";
import { hasLostCommits } from "./write-ahead-log.ts";

export const DATABASE_FILE = "fanfare.db";

/** The write-ahead log is copied into the database at about this size, and cut back to it after larger commits. */
const WAL_BYTES = 4 * 1024 * 1024;
/** The system keeps the file in memory as well: a larger cache was not faster, and any flood fills it. */
const CACHE_KIB = 8 * 1024;

export interface DatabaseOptions {
  readonly directory: string;
  /** Size past which the database refuses to grow, in pages of 4 KiB. For tests of a full disk. */
  readonly maxPages?: number;
  /** How often the server looks whether its files are still there, in ms. */
  readonly fileCheckMs?: number;
}

export interface OpenDatabase {
  readonly db: Database;
  readonly history: History;
  readonly files: DataFiles;
}

/** @throws {EngineError} `in-use`, `newer-version`, `not-a-database`, `damaged` or `unavailable`. */
export function openDatabase({ directory, maxPages }: DatabaseOptions): OpenDatabase {
  const path = join(directory, DATABASE_FILE);
  let db: Database | undefined;
  let history: History | undefined;
  try {
    createPrivateFile(path);
    db = new Database(path, { create: true, readwrite: true });
    db.run("PRAGMA busy_timeout = 0");
    // Set before WAL is entered, so that the lock is held until the end and nothing is shared.
    db.run("PRAGMA locking_mode = EXCLUSIVE");
    db.run("BEGIN EXCLUSIVE");
    db.run("ROLLBACK");
    // A file that is not for us is recognised before anything is written to it.
    const version = versionOf(db);
    makePrivate([path, `${path}-wal`]);
    // SQLite has read this log already, and has not written to it yet.
    const findings = { expectsMark: version >= MARKED_SINCE, hasLostCommits: hasLostCommits(`${path}-wal`) };
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = FULL");
    migrate(db, () => crypto.randomUUID());
    const pageBytes = numberOf(db, "page_size");
    db.run(`PRAGMA wal_autocheckpoint = ${Math.ceil(WAL_BYTES / pageBytes)}`);
    db.run(`PRAGMA journal_size_limit = ${WAL_BYTES}`);
    db.run(`PRAGMA cache_size = -${CACHE_KIB}`);
    history = History.open(db, path, findings);
    checkpoint(db);
    if (maxPages !== undefined) db.run(`PRAGMA max_page_count = ${maxPages}`);
    const files = new DataFiles([path, `${path}-wal`, join(directory, MARK_FILE)]);
    return { db, history, files };
  } catch (error) {
    history?.close();
    db?.close();
    throw engineErrorOf(error, path);
  }
}

/** Copies the write-ahead log into the database; on a full disk the log stays as it is, and is read from (SPEC KEEP-7). */
function checkpoint(db: Database): void {
  try {
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}
