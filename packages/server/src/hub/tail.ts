import type { Limits } from "../config/limits.ts";
import type { StoredMessage } from "../engines/engine.ts";

/** About the bytes of a message or an event on the wire, without its texts. */
const FRAMING = 100;

/** About the bytes on the wire, in UTF-8; limits count them. */
export function weight(item: {
  readonly data: string;
  readonly from: string;
  readonly type: string;
  readonly id?: string;
}): number {
  const { data, from, type, id = "" } = item;
  return Buffer.byteLength(data) + Buffer.byteLength(from) + type.length + id.length + FRAMING;
}

/** The newest messages of a room that is open on this node, for members who have nearly caught up. */
export class Tail {
  /** Those before the start are forgotten. */
  #messages: (StoredMessage | undefined)[] = [];
  /** Index of the oldest message kept; what lies before it is cut off from time to time. */
  #start = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#start === this.#messages.length;
  }

  push(message: StoredMessage, most: number): void {
    this.#messages.push(message);
    this.#bytes += weight(message);
    while (this.#bytes > most && this.#start < this.#messages.length) {
      const oldest = this.#messages[this.#start];
      this.#messages[this.#start++] = undefined;
      if (oldest !== undefined) this.#bytes -= weight(oldest);
    }
    if (this.#start > 512 && this.#start * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#start);
      this.#start = 0;
    }
  }

  clear(): void {
    this.#messages = [];
    this.#start = 0;
    this.#bytes = 0;
  }

  /** The messages after `offset`, up to about `bytes` of them; undefined if the tail does not reach back so far. */
  after(offset: number, bytes: number): StoredMessage[] | undefined {
    const oldest = this.#messages[this.#start];
    if (oldest === undefined || offset + 1 < oldest.offset) return undefined;
    const piece: StoredMessage[] = [];
    let taken = 0;
    for (
      let i = this.#start + (offset + 1 - oldest.offset);
      i < this.#messages.length && taken < bytes;
      i++
    ) {
      const message = this.#messages[i];
      if (message === undefined) break;
      piece.push(message);
      taken += weight(message);
    }
    return piece;
  }
}

/** The tails of all rooms open on a node, within one bound: messages of the rooms that were silent longest are dropped first. */
export class Tails {
  /** In order of their latest message. */
  readonly #tails = new Set<Tail>();
  #bytes = 0;

  constructor(private readonly limits: Pick<Limits, "tailPerNode" | "tailPerRoom">) {}

  get bytes(): number {
    return this.#bytes;
  }

  push(tail: Tail, message: StoredMessage): void {
    this.remove(tail);
    tail.push(message, this.limits.tailPerRoom);
    this.#tails.add(tail);
    this.#bytes += tail.bytes;
    for (const quietest of this.#tails) {
      if (this.#bytes <= this.limits.tailPerNode) return;
      this.remove(quietest);
      quietest.clear();
    }
  }

  /** The tail is no longer counted: its room has closed. */
  remove(tail: Tail): void {
    if (this.#tails.delete(tail)) this.#bytes -= tail.bytes;
  }
}
