import type { EngineError } from "../engine.ts";
import type { EngineDriver } from "../engine-driver.ts";
import { SqliteEngine } from "./sqlite-engine.ts";

export const sqlite: EngineDriver = {
  summary: "on disk",
  hasFiles: true,
  open: (options, directory) => SqliteEngine.open({ ...options, directory }),
  describe: (directory) => `kept in ${directory}`,
  explain,
};

function explain({ kind, message }: EngineError, directory: string): string {
  const choose = "choose another with --data";
  switch (kind) {
    case "in-use":
      return `the data directory ${directory} is in use by another server; stop that one, or ${choose}`;
    case "newer-version":
      return `the data directory ${directory} was written by a newer Fanfare; start that one again, or ${choose}`;
    case "not-a-database":
      return `the data directory ${directory} has a fanfare.db that is not Fanfare's; ${choose}`;
    case "damaged":
      return `the database in ${directory} is damaged and was left as it is; restore it from a backup, or ${choose} (${message})`;
    case "incompatible":
      return message;
    case "unavailable":
      return `the data directory ${directory} cannot be used; make it a writable directory with space left, or ${choose} (${message})`;
  }
}
