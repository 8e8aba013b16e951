/** Opening the database: whose it is, who has it, and in which state it is. */
import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingListener } from "../../../testing/engine-contract/engine-contract.ts";
import { ALL, append, numbered, offsets, ROOM, times } from "../../../testing/engine-contract/samples.ts";
import { EngineError } from "../engine.ts";
import { DATABASE_FILE } from "./database.ts";
import { SqliteEngine } from "./index.ts";
import { APPLICATION_ID, MIGRATIONS, migrate } from "./schema.ts";

const directories: string[] = [];
const engines: SqliteEngine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "fanfare-"));
  directories.push(directory);
  return directory;
}

async function open(directory: string): Promise<SqliteEngine> {
  const engine = await SqliteEngine.open({ directory });
  engines.push(engine);
  return engine;
}

/** The kind of error with which opening fails. */
function refusal(directory: string): Promise<string> {
  return open(directory).then(
    () => "opened",
    (error) => (error instanceof EngineError ? error.kind : String(error)),
  );
}

/** A process that publishes until it is killed, and what it had acknowledged by then. */
async function publishAndKill(directory: string, meanwhile: () => Promise<void>): Promise<number[]> {
  const script = join(import.meta.dir, "fixtures/publish-until-killed.ts");
  const child = Bun.spawn([process.execPath, script, directory], { stdout: "pipe", stderr: "inherit" });
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = printed.length;
    printed += text;
    if (before === 0) await meanwhile();
    if (printed.length > 2000 && before <= 2000) child.kill("SIGKILL");
  }
  await child.exited;
  return printed.slice(0, printed.lastIndexOf("\n")).split("\n").map(Number);
}

describe("a data directory", () => {
  test("ENGINE-14: one that is made is its owner's alone", async () => {
    const directory = join(scratch(), "data");
    await open(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test("ENGINE-14: two servers never share it, in one process or in two", async () => {
    const directory = scratch();
    await open(directory);
    expect(await refusal(directory)).toBe("in-use");
    const script = join(import.meta.dir, "fixtures/publish-until-killed.ts");
    const other = Bun.spawnSync([process.execPath, script, directory]);
    expect(other.exitCode).not.toBe(0);
    expect(other.stderr.toString()).toContain("in-use");
    // The refused ones must not have taken the lock away.
    expect(await refusal(directory)).toBe("in-use");
  });

  test("ENGINE-14: it is free at once after a close, and after a refusal", async () => {
    const directory = scratch();
    await (await open(directory)).close();
    await (await open(directory)).close();
    expect(await refusal(directory)).toBe("opened");
  });

  test("KEEP-1, ONCE-5: kill -9 frees it at once, and loses or doubles nothing that was acknowledged", async () => {
    const directory = scratch();
    let acknowledged = 0;
    for (const _ of times(3, (i) => i)) {
      // Each life publishes the same numbers again: all that are still remembered must be duplicates.
      const printed = await publishAndKill(directory, async () => {
        expect(await refusal(directory)).toBe("in-use");
      });
      acknowledged = Math.max(acknowledged, ...printed.filter((offset) => !Number.isNaN(offset)));
      const engine = await open(directory);
      const node = new RecordingListener(engine);
      const { head, messages } = await node.node.read(ROOM, { after: 0 }, ALL);
      expect(head).toBeGreaterThanOrEqual(acknowledged);
      expect(messages.map(({ offset }) => offset)).toEqual(times(head, (i) => i + 1));
      expect(messages.map(({ data }) => data)).toEqual(times(head, (i) => numbered(i + 1).data));
      expect(offsets(await node.append(numbered(head), numbered(head + 1)))).toEqual([head, head + 1]);
      await engine.close();
    }
  });
});

describe("a file that is not for us", () => {
  const write = (directory: string, ...statements: string[]) => {
    const db = new Database(join(directory, DATABASE_FILE));
    for (const statement of statements) db.run(statement);
    db.close();
    return readFileSync(join(directory, DATABASE_FILE));
  };

  test("ENGINE-15: a database from a newer version is refused, and left as it was", async () => {
    const directory = scratch();
    await (await open(directory)).close();
    const before = write(directory, `PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    expect(await refusal(directory)).toBe("newer-version");
    expect(readFileSync(join(directory, DATABASE_FILE)).equals(before)).toBe(true);
  });

  test("ENGINE-15: another application's database is refused, and left as it was", async () => {
    const directory = scratch();
    const before = write(
      directory,
      "CREATE TABLE songs (title TEXT)",
      "INSERT INTO songs VALUES ('Fanfare')",
    );
    expect(await refusal(directory)).toBe("not-a-database");
    expect(readFileSync(join(directory, DATABASE_FILE)).equals(before)).toBe(true);
  });

  test("ENGINE-15: a file that is no database is refused, and left as it was", async () => {
    const directory = scratch();
    const text = "Dear diary, today I wrote no SQL.\n".repeat(500);
    writeFileSync(join(directory, DATABASE_FILE), text);
    expect(await refusal(directory)).toBe("not-a-database");
    expect(readFileSync(join(directory, DATABASE_FILE), "utf8")).toBe(text);
  });

  test("ENGINE-15: a database whose end was cut off is refused as damaged", async () => {
    const directory = scratch();
    const engine = await open(directory);
    await new RecordingListener(engine).append(...times(500, () => append("x".repeat(100))));
    await engine.close();
    truncateSync(join(directory, DATABASE_FILE), 20 * 4096);
    expect(await refusal(directory)).toBe("damaged");
  });

  test("ENGINE-15: a data directory that cannot be created is unavailable", async () => {
    const directory = scratch();
    writeFileSync(join(directory, "file"), "");
    expect(await refusal(join(directory, "file", "data"))).toBe("unavailable");
  });
});

test("ENGINE-16: a database of an older version is brought forward, with all it holds", () => {
  const db = new Database(":memory:");
  const steps = [
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)",
    "ALTER TABLE meta ADD COLUMN note TEXT",
  ];
  migrate(db, () => "first", steps.slice(0, 1));
  migrate(db, () => "second", [...steps, "UPDATE meta SET note = 'third step'"]);
  expect(db.query("SELECT * FROM meta").all()).toEqual([
    { name: "epoch", value: "first", note: "third step" },
  ]);
  expect(db.query("PRAGMA user_version").get()).toEqual({ user_version: 3 });
  expect(db.query("PRAGMA application_id").get()).toEqual({ application_id: APPLICATION_ID });
});

test("ENGINE-16: a migration that fails changes nothing", () => {
  const db = new Database(":memory:");
  const first = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)";
  migrate(db, () => "first", [first]);
  expect(() => migrate(db, () => "", [first, "DROP TABLE meta", "nonsense"])).toThrow();
  expect(db.query("SELECT value FROM meta").all()).toEqual([{ value: "first" }]);
  expect(db.query("PRAGMA user_version").get()).toEqual({ user_version: 1 });
});
