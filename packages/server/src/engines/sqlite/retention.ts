/**
 * Deletes trimmed messages and expired publishers from the tables, in steps that are small beside a commit. No reader
 * sees a trimmed message, deleted or not: pages begin at `RoomLog.oldest`.
 *
 * Messages in the window of recognised ids stay, unless the policy's age limit trims them: the engine compares retries
 * with them, and rebuilds the window from them after a restart.
 */
import type { Database } from "bun:sqlite";
import { ID_WINDOW } from "../sequencer/id-window.ts";
import type { PublisherTable } from "./publisher-table.ts";
import type { RoomCache } from "./room-cache.ts";
import type { RoomLog } from "./room-log.ts";
import { concernsOneStatement, isCorruption } from "./sqlite-error.ts";

/** Offsets that one step covers. */
const STEP = 500;
/** A commit deletes from a room once so many of its messages are trimmed, so that a step is worth its searches. */
const DUE = 100;
/** The newest message of all rooms stays: its key says how far the log has got (`history.ts`). */
const NOT_NEWEST = "key < (SELECT max(key) FROM messages)";
const BACK_OFF_MS = 60_000;
/** Rooms and publishers that one idle step scans. */
const SCANNED = 64;

export class Retention {
  readonly #rooms: RoomCache;
  readonly #publishers: PublisherTable;
  readonly #publisherTtlMs: number;
  /** Rooms with trimmed messages to delete. */
  readonly #due = new Set<string>();
  /** Rooms whose messages could not be deleted, and the time of the next try. */
  readonly #backOff = new Map<string, number>();
  /** Id of the room that was scanned last. */
  #lastRoom = 0;
  readonly #nextRooms;
  readonly #firstFrom;
  readonly #windowStart;
  readonly #remove;
  readonly #removeIds;
  readonly #setOldest;
  readonly #newestIn;

  readonly #db: Database;

  constructor(db: Database, rooms: RoomCache, publishers: PublisherTable, publisherTtlMs: number) {
    this.#db = db;
    this.#rooms = rooms;
    this.#publishers = publishers;
    this.#publisherTtlMs = publisherTtlMs;
    this.#nextRooms = db.prepare<{ id: number; name: string }, [number]>(
      `SELECT id, name FROM rooms WHERE id > ? ORDER BY id LIMIT ${SCANNED}`,
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
    this.#newestIn = db.prepare<{ offset: number }, [number, number, number]>(
      `SELECT "offset" FROM messages
       WHERE key = (SELECT max(key) FROM messages) AND room = ? AND "offset" >= ? AND "offset" < ?`,
    );
    this.#setOldest = db.prepare("UPDATE rooms SET oldest = ?1 WHERE id = ?2 AND oldest < ?1");
  }

  /**
   * Called within a commit. Deletes at least as many messages as the commit adds, so that the log cannot outgrow its bounds.
   * @param touched the rooms of the commit; rooms that messages are deleted from are added
   */
  deleteInCommit(touched: Set<RoomLog>, added: number, now: number): void {
    for (const room of touched) this.#addIfDue(room, DUE, now);
    for (let quota = 2 * added; quota > 0 && this.#due.size > 0; quota -= STEP)
      this.#deleteFromNext(now, touched);
  }

  /** One step while no commit waits. @returns whether more can be deleted now */
  deleteWhenIdle(touched: Set<RoomLog>, now: number): boolean {
    if (this.#due.size === 0) this.#scanNextRooms(touched, now);
    this.#deleteFromNext(now, touched);
    return this.#due.size > 0;
  }

  /** Messages that were trimmed before the last stop may not be deleted yet: a room is due at its first use after a start. */
  #addIfDue(room: RoomLog, due: number, now: number): void {
    const until = this.#backOff.get(room.row.name);
    if (until !== undefined && now < until) return;
    if (until !== undefined) this.#backOff.delete(room.row.name);
    if (room.oldest - (room.deletedBefore ?? 1) >= (room.deletedBefore === undefined ? 1 : due))
      this.#due.add(room.row.name);
  }

  /** Trims the next rooms by age and by their policies, which may be stricter than before; forgets expired publishers. */
  #scanNextRooms(touched: Set<RoomLog>, now: number): void {
    for (const name of this.#nextNames()) {
      try {
        const room = this.#rooms.get(name);
        touched.add(room);
        room.trimByAge(now);
        this.#addIfDue(room, 1, now);
      } catch (error) {
        if (!isCorruption(error)) throw error;
      }
    }
    this.#inSavepoint(() => this.#publishers.forget(now - this.#publisherTtlMs, SCANNED));
  }

  #nextNames(): string[] {
    const after = this.#lastRoom;
    try {
      const rooms = this.#nextRooms.all(after);
      this.#lastRoom = rooms.length < SCANNED ? 0 : (rooms.at(-1)?.id ?? 0);
      return rooms.map(({ name }) => name);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.#lastRoom = after + SCANNED;
      return [];
    }
  }

  /** After an error the room is skipped for a while, so that commits of other rooms do not fail. */
  #deleteFromNext(now: number, touched: Set<RoomLog>): void {
    const [name] = this.#due;
    if (name === undefined) return;
    const done = this.#inSavepoint(() => {
      const room = this.#rooms.get(name);
      if (this.#deleteFrom(room, now)) this.#due.delete(name);
      touched.add(room);
    });
    if (done) return;
    this.#due.delete(name);
    this.#backOff.set(name, now + BACK_OFF_MS);
  }

  /** Runs `work` in a savepoint: if it fails, the rest of the step still commits. @returns whether it succeeded */
  #inSavepoint(work: () => void): boolean {
    let done = true;
    this.#db.run("SAVEPOINT retention");
    try {
      work();
    } catch (error) {
      if (!concernsOneStatement(error, this.#db)) throw error;
      this.#db.run("ROLLBACK TO retention");
      done = false;
    }
    this.#db.run("RELEASE retention");
    return done;
  }

  /** @returns whether no trimmed message is left */
  #deleteFrom(room: RoomLog, now: number): boolean {
    const { oldest } = room;
    const { id } = room.row;
    const tooOld = Math.max(now - room.history.ageMs, Number.MIN_SAFE_INTEGER);
    const windowStart = this.#windowStart.get(id)?.offset ?? 0;
    const from = Math.min(this.#firstFrom.get(id, room.deletedBefore ?? 1)?.offset ?? oldest, oldest);
    const to = Math.min(from + STEP, oldest);
    this.#remove.run(id, from, to, windowStart, tooOld);
    // Messages that earlier steps kept for the window of ids, and that have left it since.
    this.#removeIds.run(id, from, windowStart, tooOld);
    this.#setOldest.run(oldest, id);
    // The newest of all rooms, if it is here, goes later: it is the room's last message.
    room.deletedBefore = this.#newestIn.get(id, from, to)?.offset ?? to;
    return to >= oldest;
  }
}
