/** Something that connections hold: an address, a user. */
export interface Entry {
  /** How many connections hold it. */
  held: number;
}

/** What is known of each address, or of each user. Nobody can make it grow without a bound (SPEC LIMIT-8). */
export class Book<T extends Entry> {
  readonly #held = new Map<string, T>();
  /** The others, the newest last. */
  readonly #gone = new Map<string, T>();

  /** @param most so many that are not held are remembered */
  constructor(
    private readonly make: () => T,
    private readonly most: number,
  ) {}

  get size(): number {
    return this.#held.size + this.#gone.size;
  }

  find(key: string): T | undefined {
    return this.#held.get(key) ?? this.#gone.get(key);
  }

  get(key: string): T {
    const known = this.find(key);
    if (known !== undefined) return known;
    const entry = this.make();
    this.#remember(key, entry);
    return entry;
  }

  hold(key: string): T {
    const entry = this.find(key) ?? this.make();
    this.#gone.delete(key);
    this.#held.set(key, entry);
    entry.held++;
    return entry;
  }

  /** @param forget whether there is nothing to remember of it */
  release(key: string, forget: (entry: T) => boolean): void {
    const entry = this.#held.get(key);
    if (entry === undefined || --entry.held > 0) return;
    this.#held.delete(key);
    if (!forget(entry)) this.#remember(key, entry);
  }

  #remember(key: string, entry: T): void {
    this.#gone.set(key, entry);
    if (this.#gone.size <= this.most) return;
    for (const oldest of this.#gone.keys()) {
      this.#gone.delete(oldest);
      return;
    }
  }
}
