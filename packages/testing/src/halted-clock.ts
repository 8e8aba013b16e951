import type { Clock, Timer } from "@fanfare/server";

interface Due {
  readonly at: number;
  readonly run: () => void;
  /** Of the machine, once its clock is the one that counts. */
  timer?: ReturnType<typeof setTimeout>;
}

/** A clock for a real server: time stands still until the test lets it pass, and turns go on. */
export class HaltedClock implements Clock {
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

  /** Lets `ms` go by at once. */
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

  /** From now on it is the machine's clock, so that the server can stop. */
  run(): void {
    this.#running = true;
    for (const due of this.#timers) due.timer = setTimeout(due.run, due.at - this.#now);
    this.#timers.clear();
  }
}
