/** What is put off until everything of this turn has been said. */
export class Turn {
  readonly #ends = new Set<() => void>();

  /** Runs once before this turn ends, or before the room next speaks: replies of a turn share a frame. */
  atEnd(run: () => void): void {
    this.#ends.add(run);
  }

  end(): void {
    for (const run of this.#ends) {
      this.#ends.delete(run);
      run();
    }
  }
}
