import type { Fields } from "./log.ts";

/** Seconds whose lines may be logged at once, where none were logged before. */
const BURST = 100;

/** Bounds how many lines of one kind are logged, where each message of a client would be one. */
export class LineBudget {
  #left: number;
  #omitted = 0;
  #at: number;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.#left = perSecond * BURST;
    this.#at = now();
  }

  /** @returns the fields to add to the line: how many were left out before it; undefined where this one is left out */
  next(): Fields | undefined {
    const now = this.now();
    const earned = (Math.max(0, now - this.#at) * this.perSecond) / 1_000;
    this.#left = Math.min(this.perSecond * BURST, this.#left + earned);
    this.#at = now;
    if (this.#left < 1) {
      this.#omitted++;
      return undefined;
    }
    this.#left--;
    const before = this.#omitted;
    this.#omitted = 0;
    return before === 0 ? {} : { before };
  }
}
