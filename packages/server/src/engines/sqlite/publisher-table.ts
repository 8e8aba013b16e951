/** What publishers' numbers are recognised by, over restarts. */
import type { Database } from "bun:sqlite";
import { NumberWindow } from "../sequencer/number-window.ts";
import { decodeOffsets, encodeOffsets } from "./offset-list.ts";

export class PublisherTable {
  readonly #load;
  readonly #save;
  readonly #next;
  readonly #remove;
  /** Where the next step of `forget` goes on; it begins again at the end. */
  #cursor: readonly [publisher: string, room: number] = ["", 0];

  constructor(db: Database) {
    this.#load = db.prepare<{ last: number; offsets: Uint8Array; seen: number }, [string, number]>(
      "SELECT last, offsets, seen FROM publishers WHERE publisher = ? AND room = ?",
    );
    this.#save = db.prepare("INSERT OR REPLACE INTO publishers VALUES (?, ?, ?, ?, ?)");
    this.#next = db.prepare<{ publisher: string; room: number; seen: number }, [string, number, number]>(
      `SELECT publisher, room, seen FROM publishers WHERE (publisher, room) > (?, ?)
       ORDER BY publisher, room LIMIT ?`,
    );
    this.#remove = db.prepare("DELETE FROM publishers WHERE publisher = ? AND room = ?");
  }

  load(publisher: string, room: number): NumberWindow | undefined {
    const row = this.#load.get(publisher, room);
    return row === null ? undefined : new NumberWindow(row.last, decodeOffsets(row.offsets), row.seen);
  }

  save(publisher: string, room: number, numbers: NumberWindow): void {
    this.#save.run(publisher, room, numbers.last, encodeOffsets(numbers.offsets()), numbers.seen);
  }

  /** One step through the table: looks at `count` publishers, and removes those last seen before `time`. */
  forget(time: number, count: number): void {
    const rows = this.#next.all(...this.#cursor, count);
    for (const { publisher, room, seen } of rows) if (seen < time) this.#remove.run(publisher, room);
    const last = rows.at(-1);
    this.#cursor = last === undefined || rows.length < count ? ["", 0] : [last.publisher, last.room];
  }
}
