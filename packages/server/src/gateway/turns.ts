import type { Clock } from "../hub/ports.ts";
import type { Inlet } from "./inlet.ts";

/** The turns of the event loop, so that no connection takes more of one than its share (SPEC LIMIT-9). */
export class Turns {
  #current = 0;
  #isCounted = false;
  #queue: Inlet[] = [];

  constructor(private readonly clock: Pick<Clock, "soon">) {}

  /** The number of this turn. */
  get current(): number {
    this.#count();
    return this.#current;
  }

  /** Its turn comes once everybody else who has sent something has been heard. */
  queue(inlet: Inlet): void {
    this.#queue.push(inlet);
    this.#count();
  }

  #count(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.clock.soon(() => {
      this.#isCounted = false;
      this.#current++;
      const queue = this.#queue;
      this.#queue = [];
      for (const inlet of queue) inlet.next();
    });
  }
}
