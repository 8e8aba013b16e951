/**
 * Removes what was trimmed, and publishers that have expired, in steps that are small beside a commit. A
 * reader never sees a trimmed message, removed or not: that is decided by `RoomLog.oldest`.
 *
 * Messages in the window of recognised ids stay, unless they are too old by the policy: a retry is compared
 * with them, and the window is rebuilt from them after a restart.
 */
import type { Database } from "bun:sqlite";
import { ID_WINDOW } from "../sequencer/id-window.ts";
import { concernsOneStatement, isCorruption } from "./database.ts";
import type { PublisherTable } from "./publisher-table.ts";
import type { RoomCache } from "./room-cache.ts";
import type { RoomLog } from "./room-log.ts";

/** Offsets looked at in one step. */
const STEP = 500;
/** A room is dealt with once this many of its messages are due, so that a step is worth its searches. */
const DUE = 100;
/** The newest message of all rooms stays: its key says how far the log has got (`history.ts`). */
const NOT_NEWEST = "key < (SELECT max(key) FROM messages)";
const BACK_OFF_MS = 60_000;
/** Rooms and publishers looked at in one idle step. */
const ROUND = 64;

export class Retention {
  readonly #rooms: RoomCache;
  readonly #publishers: PublisherTable;
  readonly #publisherTtlMs: number;
  /** Rooms with messages to remove. */
  readonly #due = new Set<string>();
  /** Rooms that could not be cleaned, and until when they are left alone. */
  readonly #backOff = new Map<string, number>();
  /** Where the round through all rooms goes on. */
  #lastRoom = 0;
  readonly #nextRooms;
  readonly #firstFrom;
  readonly #windowStart;
  readonly #remove;
  readonly #removeIds;
  readonly #setOldest;

  readonly #db: Database;

  constructor(db: Database, rooms: RoomCache, publishers: PublisherTable, publisherTtlMs: number) {
    this.#db = db;
    this.#rooms = rooms;
    this.#publishers = publishers;
    this.#publisherTtlMs = publisherTtlMs;
    this.#nextRooms = db.prepare<{ id: number; name: string }, [number]>(
      `SELECT id, name FROM rooms WHERE id > ? ORDER BY id LIMIT ${ROUND}`,
    );
    this.#firstFrom = db.prepare<{ offset: number }, [number, number]>(
      `SELECT "offset" FROM messages WHERE room = ? AND "offset" >= ? ORDER BY "offset" LIMIT 1`,
    );
    this.#windowStart = db.prepare<{ offset: number }, [number]>(
      `SELECT "offset" FROM messages WHERE room = ? AND by_id = 1 ORDER BY "offset" DESC LIMIT 1 OFFSET ${ID_WINDOW - 1}`,
    );
    this.#remove = db.prepare(
      `DELETE FROM messages WHERE room = ? AND "offset" >= ? AND "offset" < ?
       AND (by_id = 0 OR "offset" < ? OR at < ?) AND ${NOT_NEWEST}`,
    );
    this.#removeIds = db.prepare(
      `DELETE FROM messages WHERE room = ? AND by_id = 1 AND "offset" < ? AND ("offset" < ? OR at < ?) AND ${NOT_NEWEST}`,
    );
    this.#setOldest = db.prepare("UPDATE rooms SET oldest = ?1 WHERE id = ?2 AND oldest < ?1");
  }

  /**
   * Within a commit: removes at least as much as it added, so that the log cannot outgrow its bounds.
   * @param touched the rooms of the commit; takes in the ones that were cleaned.
   */
  keepUp(touched: Set<RoomLog>, added: number, now: number): void {
    for (const room of touched) this.#consider(room, DUE, now);
    for (let quota = 2 * added; quota > 0 && this.#due.size > 0; quota -= STEP) this.#cleanOne(now, touched);
  }

  /** One step while no commit waits. @returns whether there is more to do now. */
  step(touched: Set<RoomLog>, now: number): boolean {
    if (this.#due.size === 0) this.#goRound(touched, now);
    this.#cleanOne(now, touched);
    return this.#due.size > 0;
  }

  /** A room that was not cleaned in this run may have been left half clean by the last. */
  #consider(room: RoomLog, due: number, now: number): void {
    const until = this.#backOff.get(room.row.name);
    if (until !== undefined && now < until) return;
    if (until !== undefined) this.#backOff.delete(room.row.name);
    if (room.oldest - (room.cleaned ?? 1) >= (room.cleaned === undefined ? 1 : due))
      this.#due.add(room.row.name);
  }

  /** Looks at the next rooms for what age has trimmed, or a stricter policy; and at the next publishers. */
  #goRound(touched: Set<RoomLog>, now: number): void {
    for (const name of this.#nextNames()) {
      try {
        const room = this.#rooms.get(name);
        touched.add(room);
        room.trimByAge(now);
        this.#consider(room, 1, now);
      } catch (error) {
        if (!isCorruption(error)) throw error;
      }
    }
    this.#alone(() => this.#publishers.forget(now - this.#publisherTtlMs, ROUND));
  }

  #nextNames(): string[] {
    const after = this.#lastRoom;
    try {
      const rooms = this.#nextRooms.all(after);
      this.#lastRoom = rooms.length < ROUND ? 0 : (rooms.at(-1)?.id ?? 0);
      return rooms.map(({ name }) => name);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.#lastRoom = after + ROUND;
      return [];
    }
  }

  /** A room that cannot be cleaned is left alone for a while: it must not cost the others their commits. */
  #cleanOne(now: number, touched: Set<RoomLog>): void {
    const [name] = this.#due;
    if (name === undefined) return;
    const done = this.#alone(() => {
      const room = this.#rooms.get(name);
      if (this.#clean(room, now)) this.#due.delete(name);
      touched.add(room);
    });
    if (done) return;
    this.#due.delete(name);
    this.#backOff.set(name, now + BACK_OFF_MS);
  }

  /** Does a part of a step that leaves the others as they are if it fails. @returns whether it worked. */
  #alone(work: () => void): boolean {
    let done = true;
    this.#db.run("SAVEPOINT clean");
    try {
      work();
    } catch (error) {
      if (!concernsOneStatement(error, this.#db)) throw error;
      this.#db.run("ROLLBACK TO clean");
      done = false;
    }
    this.#db.run("RELEASE clean");
    return done;
  }

  /** @returns whether the room is clean. */
  #clean(room: RoomLog, now: number): boolean {
    const { oldest } = room;
    const { id } = room.row;
    const tooOld = Math.max(now - room.history.ageMs, Number.MIN_SAFE_INTEGER);
    const windowStart = this.#windowStart.get(id)?.offset ?? 0;
    const from = Math.min(this.#firstFrom.get(id, room.cleaned ?? 1)?.offset ?? oldest, oldest);
    const to = Math.min(from + STEP, oldest);
    this.#remove.run(id, from, to, windowStart, tooOld);
    // Those that were kept for the window before, and have left it since.
    this.#removeIds.run(id, from, windowStart, tooOld);
    this.#setOldest.run(oldest, id);
    room.cleaned = to;
    return to >= oldest;
  }
}
