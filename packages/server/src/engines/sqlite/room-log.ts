/** What the worker remembers of one room; all of it can be read again from the tables. */
import type { Policy } from "../../config/policy.ts";
import type { Append, StoredMessage } from "../engine.ts";
import { EngineError } from "../engine.ts";
import { IdWindow } from "../sequencer/id-window.ts";
import { NumberWindow } from "../sequencer/number-window.ts";
import type { Recall } from "../sequencer/sequencer.ts";
import { own } from "./frame.ts";
import type { MessageTable } from "./message-table.ts";
import type { PublisherTable } from "./publisher-table.ts";
import { isCorruption } from "./sqlite-error.ts";

export interface Tables {
  readonly messages: MessageTable;
  readonly publishers: PublisherTable;
}

/** A room's row; `id` 0 until the room's first message, when it gets one. */
export interface RoomRow {
  id: number;
  readonly name: string;
  readonly epoch: string;
  readonly oldest: number;
}

/** Ids and publishers that a room remembers. */
export interface Weight {
  readonly ids: number;
  readonly publishers: number;
}

const NOTHING: Weight = { ids: 0, publishers: 0 };

export class RoomLog implements Recall {
  readonly #tables: Tables;
  readonly #publisherTtlMs: number;
  #ids: IdWindow | undefined;
  /** Left out while there are none: there are many rooms. */
  #publishers: Map<string, NumberWindow> | undefined;
  /** Publishers whose numbers are not in the table yet. */
  #unsaved: Map<string, NumberWindow> | undefined;
  #head: number;
  #oldest: number;
  /** The time of the present step: a publisher that has expired by then is unknown. */
  now = 0;
  /** What it weighed when the cache last looked. */
  counted: Weight = NOTHING;
  /** Retention has deleted the messages before this offset since the start, except those in the window of ids. */
  deletedBefore: number | undefined;

  constructor(
    readonly row: RoomRow,
    readonly history: Policy["history"],
    publisherTtlMs: number,
    tables: Tables,
  ) {
    this.#tables = tables;
    this.#publisherTtlMs = publisherTtlMs;
    this.#head = (row.id === 0 ? undefined : tables.messages.newest(row.id)) ?? row.oldest - 1;
    this.#oldest = row.oldest;
    this.#trimByCount();
  }

  get head(): number {
    return this.#head;
  }

  /** Offset of the oldest message that may be read; `head + 1` if there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** What it takes of the memory that is set aside for all rooms. */
  get weight(): Weight {
    const ids = this.#ids?.size ?? 0;
    const publishers = this.#publishers?.size ?? 0;
    return ids + publishers === 0 ? NOTHING : { ids, publishers };
  }

  ids(): IdWindow {
    if (this.#ids !== undefined) return this.#ids;
    const ids = new IdWindow();
    const rows = this.row.id === 0 ? [] : this.#tables.messages.ids(this.row.id);
    for (const { id, offset } of rows) ids.remember(id, offset);
    this.#ids = ids;
    return ids;
  }

  numbers(publisher: string): NumberWindow | undefined {
    const numbers = this.#publishers?.get(publisher) ?? this.#load(publisher);
    return numbers !== undefined && this.now - numbers.seen <= this.#publisherTtlMs ? numbers : undefined;
  }

  /** A damaged record cannot be compared, as if it were gone. */
  stored(offset: number): StoredMessage | undefined {
    try {
      return this.#tables.messages.find(this.row, offset);
    } catch (error) {
      if (isCorruption(error) || (error instanceof EngineError && error.kind === "damaged")) return undefined;
      throw error;
    }
  }

  /** Inserts the message, and remembers it once that has worked. @returns its offset. */
  keep(append: Append): number {
    const { id, at, recognition } = append;
    const ids = recognition.by === "id" ? this.ids() : undefined;
    const numbers =
      recognition.by === "number" ? (this.numbers(recognition.publisher) ?? new NumberWindow()) : undefined;
    const offset = this.#head + 1;
    this.#tables.messages.insert(this.row, offset, append);
    this.#head = offset;
    this.#trimByCount();
    ids?.remember(own(id), offset);
    if (numbers !== undefined && recognition.by === "number") {
      if (numbers.last === 0) this.#remember(recognition.publisher, numbers);
      numbers.accept(offset, at);
      this.#unsaved ??= new Map();
      this.#unsaved.set(recognition.publisher, numbers);
    }
    return offset;
  }

  /** Writes what changed of its publishers, one row each. */
  save(): void {
    if (this.#unsaved === undefined) return;
    for (const [publisher, numbers] of this.#unsaved)
      this.#tables.publishers.save(publisher, this.row.id, numbers);
    this.#unsaved = undefined;
  }

  /** Moves `oldest` past what is too old by now (SPEC ROOM-3). */
  trimByAge(now: number): void {
    const { ageMs } = this.history;
    if (ageMs === Number.POSITIVE_INFINITY || this.#oldest > this.#head) return;
    this.#oldest = this.#tables.messages.firstSince(this.row.id, this.#oldest, now - ageMs) ?? this.#head + 1;
  }

  #trimByCount(): void {
    this.#oldest = Math.max(this.#oldest, this.#head - this.history.count + 1);
  }

  #load(publisher: string): NumberWindow | undefined {
    if (this.row.id === 0) return undefined;
    const numbers = this.#tables.publishers.load(publisher, this.row.id);
    if (numbers !== undefined) this.#remember(publisher, numbers);
    return numbers;
  }

  #remember(publisher: string, numbers: NumberWindow): void {
    this.#publishers ??= new Map();
    this.#publishers.set(own(publisher), numbers);
  }
}
