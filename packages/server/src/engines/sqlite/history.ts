/** One history, one epoch (SPEC ROOM-5): decides at the start whether the log is still the one that clients know. */
import type { Database } from "bun:sqlite";
import { dirname } from "node:path";
import { fileIdentity, isSameFile } from "../../files/file-identity.ts";
import { EngineError } from "../engine.ts";
import { HighWaterMark, type Mark } from "./high-water-mark.ts";
import { isCorruption } from "./sqlite-error.ts";

/** What was seen of the files before the database was changed. */
export interface Findings {
  /** The database is from a version that writes marks. */
  readonly expectsMark: boolean;
  readonly hasLostCommits: boolean;
}

const END_IS_DAMAGED = "the end of fanfare.db is damaged, so no message can be added: restore a backup";
const OUT_OF_SPACE: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL"]);

export class History {
  /** Of the epochs of all rooms that have none of their own. */
  readonly life: string;
  readonly #db: Database;
  readonly #mark: HighWaterMark;
  readonly #file: string;
  #newest: number;
  /** The life is not the one in the database. */
  #isNewLife: boolean;
  /** The last write failed: nothing more is committed before one succeeds. */
  #behind = false;
  /** Where the newest message stands cannot be read, so none can be added behind it. */
  readonly #endIsDamaged: boolean;

  private constructor(
    db: Database,
    mark: HighWaterMark,
    { life, file, newest }: Mark,
    /** Why the log has another epoch than before; undefined if it has the same. */
    readonly brokenBecause: string | undefined,
    endIsDamaged: boolean,
  ) {
    this.#db = db;
    this.#endIsDamaged = endIsDamaged;
    this.#mark = mark;
    this.life = life;
    this.#isNewLife = brokenBecause !== undefined;
    this.#file = file;
    this.#newest = newest;
  }

  /** Goes on with the log's life, or begins a new one. @param path of the database @throws what SQLite or the system says. */
  static open(db: Database, path: string, findings: Findings): History {
    const { mark, last } = HighWaterMark.open(dirname(path));
    try {
      const newest = newestOf(db);
      // Where it cannot be read, nothing can be added either: the history goes on as far as it was known.
      const known = newest ?? last?.newest ?? 0;
      const found: Mark = { life: lifeOf(db), file: fileIdentity(path), newest: known };
      const reason = breakBetween(last, found, findings);
      const life = reason === undefined ? found.life : crypto.randomUUID();
      const history = new History(db, mark, { ...found, life }, reason, newest === undefined);
      history.#begin();
      return history;
    } catch (error) {
      mark.close();
      throw error;
    }
  }

  /** A full disk keeps no server from reading: the first commit waits until life and mark are written (SPEC KEEP-7). */
  #begin(): void {
    try {
      this.#write();
      this.#mark.syncNow();
    } catch (error) {
      if (!isOutOfSpace(error)) throw error;
      this.#behind = true;
    }
  }

  /** Before each commit. @throws {EngineError} `unavailable`; what SQLite or the system says where the last life or mark could not be written. */
  prepare(): void {
    if (this.#endIsDamaged) throw new EngineError("unavailable", END_IS_DAMAGED);
    if (this.#behind) this.#write();
    this.#behind = false;
  }

  /** After each commit, before any node learns of it. @param newest key of the newest message */
  advance(newest: number): void {
    if (newest <= this.#newest) return;
    this.#newest = newest;
    try {
      this.#write();
    } catch {
      // What was committed is kept, and is acknowledged; the next commit waits until this one's mark is written.
      this.#behind = true;
    }
  }

  /** Now and then. */
  sync(): void {
    this.#mark.sync();
  }

  close(): void {
    try {
      this.#mark.syncNow();
    } catch {
      // A mark that stays behind the log does no harm.
    }
    this.#mark.close();
  }

  #write(): void {
    if (this.#isNewLife) this.#db.run("UPDATE meta SET value = ? WHERE name = 'epoch'", [this.life]);
    this.#isNewLife = false;
    this.#mark.write({ life: this.life, file: this.#file, newest: this.#newest });
  }
}

/** Why what was found does not follow from what the mark says; undefined if it does. */
function breakBetween(
  last: Mark | undefined,
  found: Mark,
  { expectsMark, hasLostCommits }: Findings,
): string | undefined {
  // A new database beside a mark has taken the place of the log that the mark is of.
  if (!expectsMark && (last === undefined || last.newest === 0)) return undefined;
  if (last === undefined) return "fanfare.mark, which says how far the log had got, is missing or damaged";
  if (last.life !== found.life) return "fanfare.mark belongs to another log than fanfare.db";
  if (!isSameFile(last.file, found.file)) return "fanfare.db is a copy of the file that was written last";
  if (found.newest < last.newest) {
    return `the log has lost its end: message ${last.newest} of all rooms was acknowledged, and ${found.newest} is the last`;
  }
  return hasLostCommits ? "the write-ahead log is damaged, and had commits behind the damage" : undefined;
}

function isOutOfSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && OUT_OF_SPACE.has(String(error.code));
}

function lifeOf(db: Database): string {
  const row = db.query<{ value: string }, []>("SELECT value FROM meta WHERE name = 'epoch'").get();
  if (row === null) throw new Error("the database has no epoch");
  return row.value;
}

/** Undefined if the page that has it is damaged. */
function newestOf(db: Database): number | undefined {
  try {
    const row = db.query<{ newest: number | null }, []>("SELECT max(key) AS newest FROM messages").get();
    return row?.newest ?? 0;
  } catch (error) {
    if (isCorruption(error)) return undefined;
    throw error;
  }
}
