/** The database cannot do it now. Nothing was changed, unless the connection broke during the commit. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** There is no space left for the database. A later try may succeed, and nothing else needs to be done. */
export class OutOfSpace extends Unavailable {}

/** SQLite's result codes for that: full; and, extended, no space for the memory that its users share. */
const FULL = 13;
const SHARED_MEMORY_SIZE = 4874;
const SHARED_MEMORY_MAP = 5386;

/** SQLite's result codes for faults that are not the statement's: locked, read-only, I/O, damaged, full, no database. */
const SQLITE = new Set([5, 6, 8, 10, 11, 13, 14, 26]);
/**
 * PostgreSQL's classes of the same: connection, refused login, no such database, rolled back, too few resources,
 * stopped, system. Read-only is 25006.
 */
const POSTGRES = /^(08|28|3D|40|53|57|58)|^25006$/;

interface SqlFailure extends Error {
  readonly code?: string;
  /** SQLite: a number. PostgreSQL: the five characters that the server sent, or nothing where Bun itself failed. */
  readonly errno?: unknown;
}

/** @returns undefined for a fault of this program */
export function unavailability(error: SqlFailure): Unavailable | undefined {
  const { errno, code = "" } = error;
  const itself =
    typeof errno === "number" && errno !== 0
      ? SQLITE.has(errno & 0xff)
      : typeof errno === "string"
        ? POSTGRES.test(errno)
        : /CONNECTION|TIMEOUT|CLOSED|AUTHENTICATION|PASSWORD|TLS|SSL/.test(code);
  if (!itself) return undefined;
  const isFull = errno === SHARED_MEMORY_SIZE || errno === SHARED_MEMORY_MAP || Number(errno) % 256 === FULL;
  const Kind = isFull && typeof errno === "number" ? OutOfSpace : Unavailable;
  return new Kind(`${error.message} (${errno || code})`, { cause: error });
}
