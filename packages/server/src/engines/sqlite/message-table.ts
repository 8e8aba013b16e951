/** The messages of all rooms. Every record carries a checksum, which is verified whenever it is read. */
import type { Database } from "bun:sqlite";
import { pageOf } from "../broker/page.ts";
import { type Append, EngineError, type PageLimit, type Range, type StoredMessage } from "../engine.ts";
import { ID_WINDOW } from "../sequencer/id-window.ts";
import { isCorruption } from "./sqlite-error.ts";

/** What a record's checksum needs of its room. */
export interface RoomName {
  readonly id: number;
  readonly name: string;
}

interface Row {
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  readonly sender: string;
  readonly at: number;
  readonly data: string;
  /** 1 if published by id, else 0. */
  readonly by_id: number;
  readonly checksum: number;
}

const COLUMNS = `"offset", id, type, sender, at, data, by_id, checksum`;
/** Rows fetched at a time, so that a page's limit in bytes bounds what is read in vain. */
const CHUNK = 64;

export class MessageTable {
  readonly #insert;
  readonly #one;
  readonly #upwards;
  readonly #downwards;
  readonly #newest;
  readonly #firstSince;
  readonly #ids;
  /** Key of the message that was inserted last; 0 if there was none in this run, or a transaction was rolled back since. */
  lastKey = 0;

  constructor(db: Database) {
    this.#insert = db.prepare(`INSERT INTO messages (room, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const select = (rest: string) =>
      db.prepare<Row, number[]>(`SELECT ${COLUMNS} FROM messages WHERE room = ? ${rest}`);
    this.#one = select(`AND "offset" = ?`);
    this.#upwards = select(`AND "offset" >= ? AND "offset" <= ? ORDER BY "offset" LIMIT ${CHUNK}`);
    this.#downwards = select(`AND "offset" >= ? AND "offset" <= ? ORDER BY "offset" DESC LIMIT ${CHUNK}`);
    this.#newest = db.prepare<{ newest: number | null }, [number]>(
      `SELECT max("offset") AS newest FROM messages WHERE room = ?`,
    );
    this.#firstSince = db.prepare<{ offset: number }, [number, number, number]>(
      `SELECT "offset" FROM messages WHERE room = ? AND "offset" >= ? AND at >= ? ORDER BY "offset" LIMIT 1`,
    );
    this.#ids = db.prepare<{ id: string; offset: number }, [number]>(
      `SELECT id, "offset" FROM messages WHERE room = ? AND by_id = 1 ORDER BY "offset" DESC LIMIT ${ID_WINDOW}`,
    );
  }

  insert(room: RoomName, offset: number, append: Append): void {
    const { id, type, from, at, data, recognition } = append;
    const byId = recognition.by === "id" ? 1 : 0;
    const checksum = checksumOf(room.name, offset, id, type, from, at, data, byId);
    const { lastInsertRowid } = this.#insert.run(room.id, offset, id, type, from, at, data, byId, checksum);
    this.lastKey = Number(lastInsertRowid);
  }

  /** @throws {EngineError} `damaged`. */
  find(room: RoomName, offset: number): StoredMessage | undefined {
    const row = this.#one.get(room.id, offset);
    return row === null ? undefined : messageOf(room, row);
  }

  /**
   * Messages from `oldest` to `head` in the range. A page ends before a damaged record; if it would begin
   * with one, it fails.
   * @throws {EngineError} `damaged`.
   */
  page(room: RoomName, range: Range, limit: PageLimit, oldest: number, head: number): StoredMessage[] {
    if ("after" in range) {
      return this.#walk(room, limit, Math.max(range.after + 1, oldest), head, 1);
    }
    return this.#walk(room, limit, Math.min(range.before - 1, head), oldest, -1).reverse();
  }

  /** Offset of the newest message, undefined if there is none. */
  newest(room: number): number | undefined {
    return this.#newest.get(room)?.newest ?? undefined;
  }

  /** Offset of the first message from `offset` on that is not from before `time`. */
  firstSince(room: number, offset: number, time: number): number | undefined {
    return this.#firstSince.get(room, offset, time)?.offset;
  }

  /** The newest ids that were published by id, oldest first. */
  ids(room: number): { readonly id: string; readonly offset: number }[] {
    return this.#ids.all(room).reverse();
  }

  /**
   * The next rows; fewer where a damaged page of the database follows.
   * @throws {EngineError} `damaged` where it begins with one.
   */
  #chunk(room: number, first: number, last: number, step: 1 | -1): Row[] {
    try {
      return step === 1 ? this.#upwards.all(room, first, last) : this.#downwards.all(room, last, first);
    } catch (error) {
      if (!isCorruption(error)) throw error;
    }
    const rows: Row[] = [];
    for (let offset = first; rows.length < CHUNK && step * (last - offset) >= 0; offset += step) {
      const row = this.#rowIfReadable(room, offset);
      if (row === undefined) break;
      rows.push(row);
    }
    if (rows.length > 0) return rows;
    const through = step === 1 ? this.#lastUnreadable(room, first, last) : first;
    throw new EngineError("damaged", `messages ${first} to ${through} cannot be read`, first, through);
  }

  /** Searches upwards in doubling steps for a row that can be read, then back for the first one behind the damage. */
  #lastUnreadable(room: number, first: number, last: number): number {
    let [bad, step] = [first, 1];
    while (bad + step <= last && this.#rowIfReadable(room, bad + step) === undefined) {
      bad += step;
      step *= 2;
    }
    let good = Math.min(bad + step, last + 1);
    while (good - bad > 1) {
      const middle = Math.floor((bad + good) / 2);
      if (this.#rowIfReadable(room, middle) === undefined) bad = middle;
      else good = middle;
    }
    return bad;
  }

  #rowIfReadable(room: number, offset: number): Row | undefined {
    try {
      return this.#one.get(room, offset) ?? undefined;
    } catch (error) {
      if (isCorruption(error)) return undefined;
      throw error;
    }
  }

  #walk(room: RoomName, limit: PageLimit, first: number, last: number, step: 1 | -1): StoredMessage[] {
    let chunk: Row[] = [];
    let start = 0;
    return pageOf(limit, (i) => {
      const offset = first + step * i;
      if (step * (last - offset) < 0) return undefined;
      try {
        if (i === start + chunk.length) {
          start = i;
          chunk = this.#chunk(room.id, offset, last, step);
        }
        const row = chunk[i - start];
        if (row?.offset !== offset) throw new EngineError("damaged", `message ${offset} is missing`, offset);
        return messageOf(room, row);
      } catch (error) {
        if (i === 0) throw error;
        return undefined;
      }
    });
  }
}

function messageOf(room: RoomName, row: Row): StoredMessage {
  const { offset, id, type, sender: from, at, data, by_id, checksum } = row;
  if (checksumOf(room.name, offset, id, type, from, at, data, by_id) !== checksum) {
    throw new EngineError("damaged", `the checksum of message ${offset} is wrong`, offset);
  }
  return { offset, id, type, from, at, data };
}

function checksumOf(
  room: string,
  offset: number,
  id: string,
  type: string,
  from: string,
  at: number,
  data: string,
  byId: number,
): number {
  return Bun.hash.crc32(`${room}\n${offset}\n${id}\n${type}\n${from}\n${at}\n${byId}\n${data}`);
}
