import type { BlockReason } from "../hub/ports.ts";

/** Why a socket is not read: the hub or a dialect blocks it, its client is past a rate, or past its share of the turn. */
export type ReadBlock = BlockReason | "rate" | "turn";

const BIT: Readonly<Record<ReadBlock, number>> = { hub: 1, hello: 2, replies: 4, rate: 8, turn: 16 };
const HELD = BIT.hub | BIT.hello | BIT.replies;

/** A socket whose reading can be turned off and on. */
export interface ReadableSocket {
  /** Frames that Bun has already read are still received: 512 KiB at most. */
  pauseReading(): void;
  resumeReading(): void;
}

/** The reasons for which one socket is not read. It is read while there is none. */
export class ReadControl {
  /** A bit for each, since every connection has one of these. */
  #reasons = 0;
  #isReleased = false;

  constructor(private readonly socket: ReadableSocket) {}

  get isBlocked(): boolean {
    return this.#reasons !== 0;
  }

  /** Whether the hub or a dialect blocks it: then frames that were read already wait as well (SPEC FLOW-2). */
  get isHeld(): boolean {
    return (this.#reasons & HELD) !== 0;
  }

  block(reason: ReadBlock): void {
    if (this.#isReleased) return;
    const wasBlocked = this.isBlocked;
    this.#reasons |= BIT[reason];
    if (!wasBlocked) this.socket.pauseReading();
  }

  unblock(reason: ReadBlock): void {
    if (!this.isBlocked) return;
    this.#reasons &= ~BIT[reason];
    if (!this.isBlocked) this.socket.resumeReading();
  }

  /** From now on the socket is read whatever happens. */
  release(): void {
    this.#isReleased = true;
    if (!this.isBlocked) return;
    this.#reasons = 0;
    this.socket.resumeReading();
  }
}
