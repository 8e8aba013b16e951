/** Ids of a room that are recognised (SPEC ONCE-2). */
export const ID_WINDOW = 1000;

/** The newest ids of one room and the offsets they got. */
export class IdWindow {
  readonly #offsets = new Map<string, number>();
  /** The same ids as a ring, since finding the oldest key of a Map is not cheap. */
  readonly #ring: string[] = [];
  #next = 0;

  get size(): number {
    return this.#ring.length;
  }

  find(id: string): number | undefined {
    return this.#offsets.get(id);
  }

  /** `id` must not be in the window. */
  remember(id: string, offset: number): void {
    if (this.#ring.length === ID_WINDOW) this.#offsets.delete(this.#ring[this.#next] ?? "");
    this.#ring[this.#next] = id;
    this.#offsets.set(id, offset);
    this.#next = (this.#next + 1) % ID_WINDOW;
  }
}
