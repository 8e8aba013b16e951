import type { StoredMessage } from "../engines/engine.ts";

/** Fixed cost of a message beside its data, in bytes: an estimate that keeps empty messages from being free. */
const OVERHEAD = 128;

export function weight(message: { readonly data: string }): number {
  return message.data.length + OVERHEAD;
}

/** The newest messages of a room that is open on this node, for members who have nearly caught up. */
export class Tail {
  #messages: StoredMessage[] = [];
  /** Index of the oldest message kept; what lies before it is cut off from time to time. */
  #start = 0;
  #bytes = 0;

  push(message: StoredMessage, allowance: number): void {
    this.#messages.push(message);
    this.#bytes += weight(message);
    while (this.#bytes > allowance && this.#start < this.#messages.length) {
      const oldest = this.#messages[this.#start++];
      if (oldest !== undefined) this.#bytes -= weight(oldest);
    }
    if (this.#start > 512 && this.#start * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#start);
      this.#start = 0;
    }
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
