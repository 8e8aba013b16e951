/** What SQLite's errors mean here: by their codes, never by their texts. */
import { type Database, SQLiteError } from "bun:sqlite";
import { EngineError } from "../engine.ts";

/** What SQLite says, in the contract's terms. @param file as the message names it */
export function engineErrorOf(error: unknown, file = "fanfare.db"): EngineError {
  if (error instanceof EngineError) return error;
  if (!(error instanceof SQLiteError)) return new EngineError("unavailable", String(error));
  const text = `${file}: ${error.message} (${error.code})`;
  // The low byte is the primary code, see sqlite.org/rescode.html.
  switch (error.errno & 0xff) {
    case SQLITE_BUSY:
      return new EngineError("in-use", `${text}: another server uses this data directory`);
    case SQLITE_NOTADB:
      return new EngineError("not-a-database", text);
    case SQLITE_CORRUPT:
      return new EngineError("damaged", text);
    default:
      return new EngineError("unavailable", text);
  }
}

/** Whether there was no room on the disk. */
export function isFull(error: unknown): boolean {
  return error instanceof SQLiteError && (error.errno & 0xff) === SQLITE_FULL;
}

/** Whether SQLite could not make sense of a page: what needs that page fails, and nothing else. */
export function isCorruption(error: unknown): boolean {
  return error instanceof SQLiteError && (error.errno & 0xff) === SQLITE_CORRUPT;
}

/**
 * Whether an error in the middle of a transaction leaves the statements after it a chance. The ones that do not
 * may have rolled the transaction back, or not (sqlite.org/lang_transaction.html, section 3).
 */
export function concernsOneStatement(error: unknown, db: Database): boolean {
  if (!db.inTransaction || !(error instanceof SQLiteError)) return false;
  const code = error.errno & 0xff;
  return code !== SQLITE_FULL && code !== SQLITE_IOERR && code !== SQLITE_NOMEM;
}

const SQLITE_BUSY = 5;
const SQLITE_NOMEM = 7;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
