import { type Backoff, backoffDelay } from "@fanfare/protocol";

/** Runs a task again after a delay that grows with each attempt. */
export class Retry {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;

  constructor(
    private readonly task: () => void,
    private readonly backoff: Backoff,
  ) {}

  /** Does nothing where a run is scheduled. */
  schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.task();
      },
      backoffDelay(this.backoff, this.#attempt++),
    );
  }

  /** Cancels the scheduled run. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** After a success: the next delay is the first again. */
  reset(): void {
    this.#attempt = 0;
  }
}
