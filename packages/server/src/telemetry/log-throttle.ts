import type { Fields } from "./log.ts";

/** Ms between two lines of the same key. */
const INTERVAL = 60_000;
/** Keys with a throttle of their own; all others share one. */
const MOST_KEYS = 1_024;
const OTHERS = "others";

interface Logged {
  /** When the last line was logged. */
  readonly at: number;
  /** Lines left out since then. */
  omitted: number;
}

/** Lets one line per key and minute into the log, so that a flood of requests does not flood the log. */
export class LogThrottle {
  readonly #logged = new Map<string, Logged>();

  constructor(private readonly now: () => number) {}

  /** @returns the fields to add to the line: how many were left out before it; undefined where this one is left out */
  next(key: string): Fields | undefined {
    const now = this.now();
    const used = this.#logged.has(key) || this.#hasRoom(now) ? key : OTHERS;
    const last = this.#logged.get(used);
    // A clock that was set back must not silence a key until it is where it was.
    if (last !== undefined && now - last.at < INTERVAL && now >= last.at) {
      last.omitted++;
      return undefined;
    }
    this.#logged.delete(used);
    this.#logged.set(used, { at: now, omitted: 0 });
    const before = last === undefined || last.omitted === 0 ? {} : { before: last.omitted };
    return { ...before, ...(used === OTHERS && { who: OTHERS }) };
  }

  /** Makes room, if it must, by forgetting the oldest keys whose interval is over. */
  #hasRoom(now: number): boolean {
    if (this.#logged.size < MOST_KEYS) return true;
    for (const [key, { at }] of this.#logged) {
      if (now - at < INTERVAL) break;
      this.#logged.delete(key);
    }
    return this.#logged.size < MOST_KEYS;
  }
}
