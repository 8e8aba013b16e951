import type { Clock, Timer } from "@fanfare/server";

interface Due {
  readonly at: number;
  readonly run: () => void;
  /** Set once the clock follows the machine's. */
  timer?: ReturnType<typeof setTimeout>;
}

/** A clock for a real server: time stands still until the test advances it; turns of the event loop go on. */
export class ManualClock implements Clock {
  #now = 1_763_692_800_000;
  readonly #timers = new Set<Due>();
  #running = false;

  now(): number {
    return this.#running ? Date.now() : this.#now;
  }

  after(ms: number, run: () => void): Timer {
    if (this.#running) {
      const timer = setTimeout(run, ms);
      return { cancel: () => clearTimeout(timer) };
    }
    const due: Due = { at: this.#now + ms, run };
    this.#timers.add(due);
    return {
      cancel: () => {
        this.#timers.delete(due);
        clearTimeout(due.timer);
      },
    };
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  /** Moves the time `ms` on, and runs what falls due on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }

  /** Follows the machine's clock from now on, so that the server can stop. */
  follow(): void {
    this.#running = true;
    for (const due of this.#timers) due.timer = setTimeout(due.run, due.at - this.#now);
    this.#timers.clear();
  }
}
