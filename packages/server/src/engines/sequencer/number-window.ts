/** How many of a publisher's last numbers in a room can be compared; also how many publishes it may have in flight (SPEC ONCE-1). */
export const NUMBER_WINDOW = 64;

/** What a room remembers of one publisher: its last number, and the offsets of its last 64. */
export class NumberWindow {
  /** The offset of number `n` is at `n % NUMBER_WINDOW`. */
  readonly #offsets: number[] = [];
  #last = 0;

  /** @param offsets of the newest numbers up to `last`, oldest first; at most 64. */
  constructor(
    last = 0,
    offsets: readonly number[] = [],
    /** `at` of the last message it published here, in ms since 1970. */
    public seen = 0,
  ) {
    this.#last = last - offsets.length;
    for (const offset of offsets) this.accept(offset, seen);
  }

  /** The last number that was kept; 0 if none was. */
  get last(): number {
    return this.#last;
  }

  /** Takes `last + 1` as kept at `offset`. */
  accept(offset: number, seen: number): void {
    this.#last++;
    this.#offsets[this.#last % NUMBER_WINDOW] = offset;
    this.seen = seen;
  }

  /** Offset of one of the last 64 numbers. */
  find(n: number): number | undefined {
    return n > this.#last - NUMBER_WINDOW && n <= this.#last ? this.#offsets[n % NUMBER_WINDOW] : undefined;
  }

  /** Offsets of the numbers that are remembered, oldest first. */
  offsets(): number[] {
    const offsets: number[] = [];
    for (let n = Math.max(1, this.#last - NUMBER_WINDOW + 1); n <= this.#last; n++) {
      const offset = this.#offsets[n % NUMBER_WINDOW];
      if (offset !== undefined) offsets.push(offset);
    }
    return offsets;
  }
}
