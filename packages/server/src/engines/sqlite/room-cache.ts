/** The rooms that were touched last, as far as they fit into the memory set aside for them. */
import type { Database } from "bun:sqlite";
import { type Policy, policyFor } from "../../config/policy.ts";
import type { EngineOptions } from "../engine.ts";
import { own } from "./frame.ts";
import { RoomLog, type Tables } from "./room-log.ts";

/** How much all rooms in memory remember together. */
export interface CacheLimits {
  readonly rooms: number;
  readonly ids: number;
  readonly publishers: number;
}

/**
 * A room that was forgotten costs two look-ups, so 40,000 that are written to at random take a fifth longer. One with a
 * full window of ids costs a thousand rows: of those there may be as many as fit into about 100 MB.
 */
const DEFAULT_CACHE_LIMITS: CacheLimits = { rooms: 16_384, ids: 1_000_000, publishers: 100_000 };

export class RoomCache {
  /** In order of last use. */
  readonly #rooms = new Map<string, RoomLog>();
  readonly #tables: Tables;
  readonly #policies: readonly Policy[];
  readonly #publisherTtlMs: number;
  readonly #epoch: string;
  readonly #limits: CacheLimits;
  #ids = 0;
  #publishers = 0;
  readonly #find;
  readonly #insert;

  /** @param epoch of the rooms that have none of their own */
  constructor(
    db: Database,
    epoch: string,
    tables: Tables,
    options: Pick<EngineOptions, "policies" | "publisherTtlMs">,
    limits: CacheLimits = DEFAULT_CACHE_LIMITS,
  ) {
    this.#limits = limits;
    this.#tables = tables;
    this.#policies = options.policies;
    this.#publisherTtlMs = options.publisherTtlMs;
    this.#find = db.prepare<{ id: number; epoch: string | null; oldest: number }, [string]>(
      "SELECT id, epoch, oldest FROM rooms WHERE name = ?",
    );
    this.#insert = db.prepare("INSERT INTO rooms (name, oldest) VALUES (?, 1)");
    this.#epoch = epoch;
  }

  get(name: string): RoomLog {
    const cached = this.#rooms.get(name);
    if (cached !== undefined) return cached;
    const room = this.#load(own(name));
    this.#rooms.set(room.row.name, room);
    return room;
  }

  /** Gives the room a row, within the transaction of its first message. */
  create(room: RoomLog): void {
    room.row.id = Number(this.#insert.run(room.row.name).lastInsertRowid);
  }

  /** Marks rooms as used now, and forgets the ones that were not for the longest time. Not to be called within a transaction. */
  markUsed(used: Iterable<RoomLog>): void {
    for (const room of used) {
      this.#rooms.delete(room.row.name);
      // Of a room without a message there is nothing to remember, however many names are asked for.
      if (room.row.id !== 0) this.#rooms.set(room.row.name, room);
    }
    this.#weigh(used);
    for (const room of this.#rooms.values()) {
      if (this.#fits()) break;
      this.forget([room]);
    }
  }

  /** What they remember is read again when they are next touched. */
  forget(rooms: Iterable<RoomLog>): void {
    for (const room of rooms) {
      if (!this.#rooms.delete(room.row.name)) continue;
      this.#ids -= room.counted.ids;
      this.#publishers -= room.counted.publishers;
    }
  }

  #fits(): boolean {
    const { rooms, ids, publishers } = this.#limits;
    return this.#rooms.size <= rooms && this.#ids <= ids && this.#publishers <= publishers;
  }

  #weigh(rooms: Iterable<RoomLog>): void {
    for (const room of rooms) {
      const { weight, counted } = room;
      room.counted = weight;
      this.#ids += weight.ids - counted.ids;
      this.#publishers += weight.publishers - counted.publishers;
    }
  }

  #load(name: string): RoomLog {
    const { id, epoch, oldest } = this.#find.get(name) ?? { id: 0, epoch: null, oldest: 1 };
    const { history } = policyFor(this.#policies, name);
    return new RoomLog(
      { id, name, epoch: epoch ?? this.#epoch, oldest },
      history,
      this.#publisherTtlMs,
      this.#tables,
    );
  }
}
