/** Ms. */
export interface Delays {
  readonly first: number;
  readonly longest: number;
}

/** Tries something again after a delay that doubles each time; a part of it is drawn, so that not everybody comes at once. */
export class Retry {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay: number;

  constructor(
    private readonly work: () => void,
    private readonly delays: Delays,
  ) {
    this.#delay = delays.first;
  }

  /** Does nothing where it is about to. */
  later(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.work();
      },
      this.#delay * (0.5 + Math.random() / 2),
    );
    this.#delay = Math.min(this.delays.longest, this.#delay * 2);
  }

  /** It is done now, or not wanted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** It went well: the next delay is the first again. */
  reset(): void {
    this.#delay = this.delays.first;
  }
}
