const KEPT = 6;

/** What must not happen: gaps, repeats, refusals, broken frames. One is enough to fail a run. */
export class Faults {
  #count = 0;
  readonly #first: string[] = [];

  add(text: string): void {
    this.#count += 1;
    if (this.#first.length < KEPT) this.#first.push(text);
  }

  get count(): number {
    return this.#count;
  }

  /** The first few, in words. */
  get first(): readonly string[] {
    return this.#first;
  }
}
