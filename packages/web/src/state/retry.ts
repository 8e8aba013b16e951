import { type Backoff, backoffDelay } from "@fanfare/protocol";

/** Tries something again after a delay that grows with each attempt. */
export class Retry {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;

  constructor(
    private readonly work: () => void,
    private readonly backoff: Backoff,
  ) {}

  /** Does nothing where it is about to. */
  later(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.work();
      },
      backoffDelay(this.backoff, this.#attempt++),
    );
  }

  /** It is done now, or not wanted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** It went well: the next delay is the first again. */
  reset(): void {
    this.#attempt = 0;
  }
}
