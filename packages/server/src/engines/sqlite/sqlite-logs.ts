/** The logs of all rooms, in the database. One step is one transaction. */
import type { Database } from "bun:sqlite";
import type { DataFiles } from "../../files/data-files.ts";
import type { RoomLogs } from "../broker/room-logs.ts";
import {
  type Append,
  EngineError,
  type EngineOptions,
  type Outcome,
  type Page,
  type PageLimit,
  type Range,
} from "../engine.ts";
import { judge } from "../sequencer/sequencer.ts";
import type { OpenDatabase } from "./database.ts";
import type { History } from "./history.ts";
import { MessageTable } from "./message-table.ts";
import { PublisherTable } from "./publisher-table.ts";
import { Retention } from "./retention.ts";
import { type CacheLimits, RoomCache } from "./room-cache.ts";
import type { RoomLog } from "./room-log.ts";
import { concernsOneStatement, engineErrorOf, isCorruption } from "./sqlite-error.ts";

export class SqliteLogs implements RoomLogs {
  readonly #db: Database;
  readonly #history: History;
  readonly #files: DataFiles;
  readonly #rooms: RoomCache;
  readonly #retention: Retention;
  readonly #messages: MessageTable;
  readonly #begin;
  readonly #commit;

  constructor(
    { db, history, files }: OpenDatabase,
    options: Pick<EngineOptions, "policies" | "publisherTtlMs">,
    limits?: CacheLimits,
  ) {
    this.#db = db;
    this.#history = history;
    this.#files = files;
    this.#messages = new MessageTable(db);
    const publishers = new PublisherTable(db);
    const tables = { messages: this.#messages, publishers };
    this.#rooms = new RoomCache(db, history.life, tables, options, limits);
    this.#retention = new Retention(db, this.#rooms, publishers, options.publisherTtlMs);
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
  }

  commit(appends: readonly Append[]): Outcome[] {
    try {
      this.#assertSoundFiles();
      this.#history.prepare();
      return this.#commitTogether(appends);
    } catch (error) {
      if (isCorruption(error)) return this.#commitByRoom(appends);
      throw new EngineError("unavailable", engineErrorOf(error).message);
    }
  }

  /** A damaged page of the database fails the commit of the rooms that need it, and not that of the others. */
  #commitByRoom(appends: readonly Append[]): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const places of Map.groupBy(appends.keys(), (i) => appends[i]?.room).values()) {
      const own = places.flatMap((i) => appends[i] ?? []);
      try {
        for (const [k, outcome] of this.#commitTogether(own).entries()) outcomes[places[k] ?? -1] = outcome;
      } catch (error) {
        const outcome: Outcome = { kind: "unavailable", reason: engineErrorOf(error).message };
        for (const i of places) outcomes[i] = outcome;
      }
    }
    return outcomes;
  }

  /** If it fails, the rooms it touched are forgotten and read again: nothing in memory is ahead of the tables. */
  #commitTogether(appends: readonly Append[]): Outcome[] {
    const now = Date.now();
    const touched = new Set<RoomLog>();
    try {
      const outcomes = this.#transact(() => {
        const outcomes = appends.map((append) => this.#keepOrFail(append, now, touched));
        for (const room of touched) room.save();
        this.#retention.deleteInCommit(touched, appends.length, now);
        return outcomes;
      });
      this.#history.advance(this.#messages.lastKey);
      this.#rooms.markUsed(touched);
      return outcomes;
    } catch (error) {
      this.#rooms.forget(touched);
      this.#messages.lastKey = 0;
      throw error;
    }
  }

  position(name: string): { epoch: string; head: number } {
    try {
      const room = this.#rooms.get(name);
      this.#rooms.markUsed([room]);
      return { epoch: room.row.epoch, head: room.head };
    } catch (error) {
      throw engineErrorOf(error);
    }
  }

  /** @throws {EngineError} */
  page(name: string, range: Range, limit: PageLimit): Page {
    try {
      const room = this.#rooms.get(name);
      room.trimByAge(Date.now());
      const { oldest, head } = room;
      const messages = room.row.id === 0 ? [] : this.#messages.page(room.row, range, limit, oldest, head);
      this.#rooms.markUsed([room]);
      return { epoch: room.row.epoch, oldest, head, messages };
    } catch (error) {
      throw engineErrorOf(error);
    }
  }

  /** Looks whether the files of the log are still there. @throws {EngineError} `unavailable`. */
  checkFiles(): void {
    this.#files.check();
    this.#assertSoundFiles();
  }

  /**
   * Tries to commit, with room to grow.
   * @throws {EngineError} `unavailable`.
   */
  probe(): void {
    try {
      this.checkFiles();
      this.#history.prepare();
      this.#transact(() =>
        this.#db.run("INSERT OR REPLACE INTO meta VALUES ('probe', hex(zeroblob(32768)))"),
      );
      this.#transact(() => this.#db.run("DELETE FROM meta WHERE name = 'probe'"));
    } catch (error) {
      throw new EngineError("unavailable", engineErrorOf(error).message);
    }
  }

  /**
   * Deletes some trimmed messages and expired publishers, in a small transaction of its own.
   * @returns whether there is more to do now.
   * @throws {EngineError} `unavailable`.
   */
  deleteTrimmed(): boolean {
    const touched = new Set<RoomLog>();
    try {
      const more = this.#transact(() => this.#retention.deleteWhenIdle(touched, Date.now()));
      this.#rooms.markUsed(touched);
      return more;
    } catch (error) {
      this.#rooms.forget(touched);
      // What needs a damaged page was put off, and this step with it; the next one does the rest.
      if (isCorruption(error)) return false;
      throw new EngineError("unavailable", engineErrorOf(error).message);
    }
  }

  #assertSoundFiles(): void {
    const { fault } = this.#files;
    if (fault !== undefined) throw new EngineError("unavailable", fault);
  }

  #transact<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      // Some errors, such as a full disk, have rolled it back already.
      if (this.#db.inTransaction) this.#db.run("ROLLBACK");
      throw error;
    }
  }

  #keepOrFail(append: Append, now: number, touched: Set<RoomLog>): Outcome {
    try {
      return this.#keep(append, now, touched);
    } catch (error) {
      if (!concernsOneStatement(error, this.#db)) throw error;
      return { kind: "unavailable", reason: engineErrorOf(error).message };
    }
  }

  #keep(append: Append, now: number, touched: Set<RoomLog>): Outcome {
    const room = this.#rooms.get(append.room);
    touched.add(room);
    room.now = now;
    const verdict = judge(append, room);
    const { epoch } = room.row;
    switch (verdict.kind) {
      case "new":
        if (room.row.id === 0) this.#rooms.create(room);
        return { kind: "kept", epoch, offset: room.keep(append), duplicate: false };
      case "duplicate":
        return { kind: "kept", epoch, offset: verdict.offset, duplicate: true };
      default:
        return verdict;
    }
  }
}
