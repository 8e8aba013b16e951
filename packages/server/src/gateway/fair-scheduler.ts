import type { Clock } from "../hub/ports.ts";

/** Work that continues in a later turn of the event loop. */
export interface Scheduled {
  onTurn(): void;
}

/** Counts the turns of the event loop and schedules work for the next, so that no connection exceeds its share of one (SPEC LIMIT-9). */
export class FairScheduler {
  #turn = 0;
  #isCounting = false;
  #queue: Scheduled[] = [];

  constructor(private readonly clock: Pick<Clock, "soon">) {}

  /** The number of this turn. */
  get turn(): number {
    this.#count();
    return this.#turn;
  }

  /** Calls `onTurn` in the next turn, after the frames of all other connections in this one. */
  queue(scheduled: Scheduled): void {
    this.#queue.push(scheduled);
    this.#count();
  }

  #count(): void {
    if (this.#isCounting) return;
    this.#isCounting = true;
    this.clock.soon(() => {
      this.#isCounting = false;
      this.#turn++;
      const queue = this.#queue;
      this.#queue = [];
      for (const scheduled of queue) scheduled.onTurn();
    });
  }
}
