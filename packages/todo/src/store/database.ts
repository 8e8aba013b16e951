import { pathToFileURL } from "node:url";
import { createPrivateFile, DataFiles, makePrivate } from "@fanfare/server";
import { SQL } from "bun";
import { Unavailable, unavailability } from "./unavailable.ts";

/** Where the to-dos are kept. */
export type DatabaseAddress =
  /** `:memory:` keeps them for as long as the program runs. */
  { readonly kind: "sqlite"; readonly file: string } | { readonly kind: "postgres"; readonly url: string };

export const IN_MEMORY = ":memory:";

export type Sql = SQL;

/** Milliseconds to wait for another program's lock on the file. */
const BUSY = 5_000;
/** Longest statement and longest pause within a transaction, in ms. */
const STATEMENT = 5_000;
const CONNECTIONS = 8;

/** SQLite or PostgreSQL, behind the same statements. */
export class Database {
  /** Of SQLite. */
  #files: DataFiles | undefined;

  /** @throws {Unavailable} */
  static async open(address: DatabaseAddress): Promise<Database> {
    const file = fileOf(address);
    if (file !== undefined) createPrivateFile(file);
    const sql = connect(address);
    const database = new Database(address.kind, sql);
    try {
      await guarded(async () => {
        if (address.kind === "sqlite") await prepare(sql);
        else await sql.connect();
        if (file !== undefined) {
          makePrivate([file, `${file}-wal`, `${file}-shm`]);
          database.#files = new DataFiles([file, `${file}-wal`]);
        }
      });
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  private constructor(
    readonly kind: DatabaseAddress["kind"],
    private readonly sql: Sql,
  ) {}

  /** One transaction: all of `work`, or nothing. @throws {Unavailable} where the database cannot do it now. */
  write<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return guarded(async () => {
      this.#assertSoundFiles();
      return this.#begin(this.kind === "sqlite" ? "immediate" : "read write", work);
    });
  }

  /** @param work one statement. @throws {Unavailable} */
  read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    // A read on the one connection to the file must not run within the transaction of a change.
    return guarded(() => (this.kind === "sqlite" ? this.#begin("deferred", work) : work(this.sql)));
  }

  /** A connection for this caller alone, until `release` or `close`; PostgreSQL alone has more than one. */
  reserve() {
    return guarded(() => this.sql.reserve());
  }

  async close(): Promise<void> {
    await this.sql.close({ timeout: 1 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Before each change: what is written to a file that was taken away is lost. */
  #assertSoundFiles(): void {
    this.#files?.check();
    const fault = this.#files?.fault;
    if (fault !== undefined) throw new Unavailable(fault);
  }

  async #begin<T>(mode: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    // In an array, since Bun otherwise unwraps the result of `work`.
    const [result] = await this.sql.begin(mode, async (sql): Promise<readonly [T]> => [await work(sql)]);
    return result;
  }
}

function connect(address: DatabaseAddress): Sql {
  if (address.kind === "sqlite") return new SQL({ adapter: "sqlite", filename: filenameOf(address.file) });
  return new SQL({
    url: address.url,
    adapter: "postgres",
    max: CONNECTIONS,
    connectionTimeout: STATEMENT / 1000,
    connection: {
      application_name: "fanfare",
      statement_timeout: STATEMENT,
      idle_in_transaction_session_timeout: STATEMENT,
    },
  });
}

/** As a URL, since Bun takes what follows a `?` in a path for options. */
function filenameOf(file: string): string | URL {
  return file === IN_MEMORY ? file : pathToFileURL(file);
}

/** The file on the disk, if there is one. */
function fileOf(address: DatabaseAddress): string | undefined {
  return address.kind === "sqlite" && address.file !== IN_MEMORY ? address.file : undefined;
}

async function prepare(sql: Sql): Promise<void> {
  await sql.unsafe(`pragma busy_timeout = ${BUSY}`);
  await sql.unsafe("pragma journal_mode = wal");
  await sql.unsafe("pragma synchronous = full");
  // A checksum in each record cannot find a page that is lost. A whole integrity_check takes 40 times as long.
  const [finding] = await sql<{ quick_check: string }[]>`pragma quick_check(1)`;
  if (finding?.quick_check !== "ok") {
    throw new Unavailable(`the file is damaged (${finding?.quick_check})`);
  }
}

/** @throws {Unavailable} where a retry can succeed; other errors are faults and pass through. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw (error instanceof SQL.SQLError ? unavailability(error) : undefined) ?? error;
  }
}
