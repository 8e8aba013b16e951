/** Entries by pattern. Finding those that match a room takes one look-up per length of a pattern in use. */
export class PatternIndex<T> {
  /** By the pattern without its `*`. */
  readonly #entries = new Map<string, T>();
  /** How many patterns there are of each length, in UTF-16 units without the `*`. */
  readonly #lengths = new Map<number, number>();

  get size(): number {
    return this.#entries.size;
  }

  get(pattern: string): T | undefined {
    return this.#entries.get(beginning(pattern));
  }

  /** @param pattern ends with `*`. */
  set(pattern: string, entry: T): void {
    const begins = beginning(pattern);
    if (!this.#entries.has(begins)) {
      this.#lengths.set(begins.length, (this.#lengths.get(begins.length) ?? 0) + 1);
    }
    this.#entries.set(begins, entry);
  }

  delete(pattern: string): void {
    const begins = beginning(pattern);
    if (!this.#entries.delete(begins)) return;
    const left = (this.#lengths.get(begins.length) ?? 0) - 1;
    if (left > 0) this.#lengths.set(begins.length, left);
    else this.#lengths.delete(begins.length);
  }

  /** The entries of all patterns that match. */
  *matching(room: string): Generator<T> {
    for (const length of this.#lengths.keys()) {
      if (length > room.length) continue;
      const entry = this.#entries.get(room.slice(0, length));
      if (entry !== undefined) yield entry;
    }
  }
}

function beginning(pattern: string): string {
  return pattern.slice(0, -1);
}
