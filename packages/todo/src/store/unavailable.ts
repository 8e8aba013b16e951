/** The database cannot do it now. Nothing was changed, unless the connection broke during the commit. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

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
  return itself ? new Unavailable(`${error.message} (${errno || code})`, { cause: error }) : undefined;
}
