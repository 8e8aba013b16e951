/** The entry of an address or a user. */
export interface Held {
  /** How many connections hold it. */
  holders: number;
}

/** Entries by address or user. Their number is bounded, whatever clients do (SPEC LIMIT-8). */
export class BoundedRegistry<T extends Held> {
  readonly #held = new Map<string, T>();
  /** Entries that no connection holds, the newest last. */
  readonly #released = new Map<string, T>();

  /** @param most entries without a holder that are kept */
  constructor(
    private readonly make: () => T,
    private readonly most: number,
  ) {}

  get size(): number {
    return this.#held.size + this.#released.size;
  }

  find(key: string): T | undefined {
    return this.#held.get(key) ?? this.#released.get(key);
  }

  get(key: string): T {
    const known = this.find(key);
    if (known !== undefined) return known;
    const entry = this.make();
    this.#keep(key, entry);
    return entry;
  }

  hold(key: string): T {
    const entry = this.find(key) ?? this.make();
    this.#released.delete(key);
    this.#held.set(key, entry);
    entry.holders++;
    return entry;
  }

  /** @param canForget whether an entry without a holder equals a new one, so that it can be dropped */
  release(key: string, canForget: (entry: T) => boolean): void {
    const entry = this.#held.get(key);
    if (entry === undefined || --entry.holders > 0) return;
    this.#held.delete(key);
    if (!canForget(entry)) this.#keep(key, entry);
  }

  #keep(key: string, entry: T): void {
    this.#released.set(key, entry);
    if (this.#released.size <= this.most) return;
    for (const oldest of this.#released.keys()) {
      this.#released.delete(oldest);
      return;
    }
  }
}
