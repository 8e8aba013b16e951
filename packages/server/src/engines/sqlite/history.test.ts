/** One history, one epoch: a log that lost its end, or was put back, is another one. With real crashes, and real files. */
import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingListener } from "../../../testing/engine-contract/engine-contract.ts";
import { append, ROOM, times } from "../../../testing/engine-contract/samples.ts";
import { DATABASE_FILE } from "./database.ts";
import { SqliteEngine, type SqliteEngineOptions } from "./index.ts";

const WAL_FILE = `${DATABASE_FILE}-wal`;
const MARK_FILE = "fanfare.mark";
const PAGE = 4096;
/** A frame of the write-ahead log: its header and a page (sqlite.org/fileformat2.html, section 4.1). */
const FRAME = 24 + PAGE;
const WAL_HEADER = 32;

const places: string[] = [];
afterEach(() => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true });
});

function scratch(): string {
  const place = mkdtempSync(join(tmpdir(), "fanfare-"));
  places.push(place);
  return join(place, "data");
}

interface State {
  readonly epoch: string;
  readonly head: number;
  readonly warnings: readonly string[];
}

/** Opens the engine, optionally publishes, and closes it. */
async function visit(
  directory: string,
  publishes = 0,
  options: Partial<SqliteEngineOptions> = {},
): Promise<State> {
  const engine = await SqliteEngine.open({ ...options, directory });
  const listener = new RecordingListener(engine);
  if (publishes > 0) await listener.append(...times(publishes, (i) => append(`visit ${i}`)));
  const { epoch, head } = await listener.tail(ROOM);
  const warnings = engine.warnings.map(({ reason }) => reason);
  await engine.close();
  return { epoch, head, warnings };
}

/**
 * A process that publishes and is killed with `kill -9`.
 * @param when amid its commits, or once all of them have been acknowledged
 * @returns the newest offset that was acknowledged.
 */
async function publishAndKill(directory: string, when: "amid" | "idle" = "idle"): Promise<number> {
  const script = join(import.meta.dir, "fixtures/publish-until-killed.ts");
  const child = Bun.spawn([process.execPath, script, directory, when === "idle" ? "100" : "Infinity"], {
    stdout: "pipe",
    stderr: "inherit",
  });
  let printed = "";
  let acknowledged = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    const whole = printed.slice(0, printed.lastIndexOf("\n")).split("\n").map(Number);
    acknowledged = Math.max(acknowledged, ...whole);
    if (whole.length >= (when === "idle" ? 100 : 20)) child.kill("SIGKILL");
  }
  await child.exited;
  expect(acknowledged).toBeGreaterThan(0);
  return acknowledged;
}

function flip(file: string, position: (length: number) => number): void {
  const bytes = readFileSync(file);
  const at = position(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** The middle of the page in frame `i` of `count`. */
function inFrame(choose: (count: number) => number): (length: number) => number {
  return (length) => WAL_HEADER + choose(Math.floor((length - WAL_HEADER) / FRAME)) * FRAME + FRAME / 2;
}

const DAMAGES: Readonly<Record<string, (directory: string) => void>> = {
  "a bit flipped in the middle of the write-ahead log": (directory) =>
    flip(
      join(directory, WAL_FILE),
      inFrame((count) => Math.floor(count / 2)),
    ),
  "a bit flipped in its last commit": (directory) =>
    flip(
      join(directory, WAL_FILE),
      inFrame((count) => count - 1),
    ),
  "its header damaged": (directory) => flip(join(directory, WAL_FILE), () => 18),
  "the write-ahead log deleted": (directory) => rmSync(join(directory, WAL_FILE)),
  "the write-ahead log truncated": (directory) =>
    truncateSync(join(directory, WAL_FILE), WAL_HEADER + 5 * FRAME),
  "the database deleted": (directory) => rmSync(join(directory, DATABASE_FILE)),
  "the database emptied": (directory) => truncateSync(join(directory, DATABASE_FILE)),
  "the mark deleted": (directory) => rmSync(join(directory, MARK_FILE)),
  "the mark damaged": (directory) => writeFileSync(join(directory, MARK_FILE), "x".repeat(4096)),
  "the mark of another log": (directory) =>
    cpSync(join(directory, "../other", MARK_FILE), join(directory, MARK_FILE)),
};

describe.each(Object.entries(DAMAGES))("after kill -9: %s", (_, damage) => {
  test("ROOM-5: the log is another one, and says why", async () => {
    const directory = scratch();
    await visit(join(directory, "../other"), 5);
    const before = await visit(directory);
    await publishAndKill(directory);
    damage(directory);
    const after = await visit(directory, 3);
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.warnings).toEqual([expect.stringMatching(/./)]);
    // Decided once: from here on it is that history.
    expect(await visit(directory)).toEqual({ ...after, warnings: [] });
  });
});

describe("after a power loss, with the mark of a second before", () => {
  /** @returns the state before the crash, and the one after it */
  async function crash(damage: (directory: string) => void): Promise<[State, State]> {
    const directory = scratch();
    const before = await visit(directory);
    const mark = readFileSync(join(directory, MARK_FILE));
    await publishAndKill(directory);
    writeFileSync(join(directory, MARK_FILE), mark);
    damage(directory);
    return [before, await visit(directory)];
  }

  test("ROOM-5: a log with commits behind the damage is another one", async () => {
    const [before, after] = await crash((directory) =>
      flip(
        join(directory, WAL_FILE),
        inFrame((count) => Math.floor(count / 2)),
      ),
    );
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.warnings).toEqual([expect.stringContaining("write-ahead log")]);
  });

  test("ROOM-5: a last commit that was under way is no sign of a loss", async () => {
    const [before, after] = await crash((directory) =>
      flip(
        join(directory, WAL_FILE),
        inFrame((count) => count - 1),
      ),
    );
    expect(after).toMatchObject({ epoch: before.epoch, warnings: [] });
  });
});

describe("an older copy", () => {
  test("ROOM-5: of the whole directory, put back, is another log", async () => {
    const directory = scratch();
    const backup = join(directory, "../backup");
    const before = await visit(directory, 50);
    cpSync(directory, backup, { recursive: true });
    await visit(directory, 50);
    rmSync(directory, { recursive: true });
    cpSync(backup, directory, { recursive: true });
    expect(await visit(directory)).toMatchObject({ head: 50, warnings: [expect.stringContaining("copy")] });
    expect((await visit(directory)).epoch).not.toBe(before.epoch);
  });

  test("ROOM-5: of the database, written over the newer one in place, is another log", async () => {
    const directory = scratch();
    const before = await visit(directory, 50);
    const older = readFileSync(join(directory, DATABASE_FILE));
    await visit(directory, 50);
    writeFileSync(join(directory, DATABASE_FILE), older);
    const after = await visit(directory);
    expect(after).toMatchObject({ head: 50, warnings: [expect.stringContaining("end")] });
    expect(after.epoch).not.toBe(before.epoch);
  });
});

describe("one history", () => {
  test("ROOM-5: keeps its epoch over kill -9, 30 times, and clean restarts between", async () => {
    const directory = scratch();
    const { epoch } = await visit(directory);
    for (const life of times(30, (i) => i)) {
      const acknowledged = await publishAndKill(directory, "amid");
      if (life % 3 > 0) continue;
      const state = await visit(directory);
      expect(state).toMatchObject({ epoch, warnings: [] });
      expect(state.head).toBeGreaterThanOrEqual(acknowledged);
    }
    expect(await visit(directory)).toMatchObject({ epoch, warnings: [] });
  });

  test("ROOM-5: keeps its epoch when the directory is moved", async () => {
    const directory = scratch();
    const before = await visit(directory, 5);
    renameSync(directory, `${directory}-moved`);
    expect(await visit(`${directory}-moved`)).toEqual(before);
  });

  test("ROOM-5: keeps its epoch when a database from before the mark is opened", async () => {
    const directory = scratch();
    const before = await visit(directory, 5);
    rmSync(join(directory, MARK_FILE));
    const db = new Database(join(directory, DATABASE_FILE));
    db.run("DELETE FROM meta WHERE name = 'mark'");
    db.run("PRAGMA user_version = 1");
    db.close();
    expect(await visit(directory)).toEqual(before);
    expect(existsSync(join(directory, MARK_FILE))).toBe(true);
  });
});
