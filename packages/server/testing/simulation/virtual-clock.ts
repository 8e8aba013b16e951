import type { Clock, Timer } from "../../src/hub/ports.ts";

interface Due {
  at: number;
  readonly run: () => void;
}

/** A clock that stands still until the test lets it go on. */
export class VirtualClock implements Clock {
  #now = 1_763_692_800_000;
  #soon: (() => void)[] = [];
  /** In order of arrival, so that what is due at the same time runs in that order. */
  readonly #timers = new Set<Due>();

  readonly now = (): number => this.#now;

  after(ms: number, run: () => void): Timer {
    const due = { at: this.#now + ms, run };
    this.#timers.add(due);
    return { cancel: () => this.#timers.delete(due) };
  }

  readonly soon = (run: () => void): void => {
    this.#soon.push(run);
  };

  /** Timers that have not fired. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** One turn of the event loop: what was put off until now, then every promise that it settled. */
  async turn(): Promise<void> {
    const due = this.#soon;
    this.#soon = [];
    for (const run of due) run();
    await promises();
  }

  /** Turns until nothing is left to do at this time. */
  async settle(): Promise<void> {
    await promises();
    while (this.#soon.length > 0) await this.turn();
  }

  /** Lets `ms` go by, and everything happen that falls into them. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
      await this.settle();
    }
    this.#now = end;
  }

  /** Sets the time `ms` on, or back: timers run on as if nothing had happened. */
  set(ms: number): void {
    this.#now += ms;
    for (const due of this.#timers) due.at += ms;
  }

  #next(end: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#timers) if (due.at <= end && due.at < (first?.at ?? Infinity)) first = due;
    return first;
  }
}

/** Resolves when every promise that can settle by itself has settled. */
function promises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
