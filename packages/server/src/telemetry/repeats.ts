import type { Fields } from "./log.ts";

/** The same is said once in so many ms. */
const INTERVAL = 60_000;
/** So many are kept apart; the others are told of together. */
const MOST = 1_024;
const OTHERS = "others";

interface Told {
  readonly since: number;
  /** How often since it was said. */
  again: number;
}

/** Has the same said once a minute, with how often it happened in between: a flood does not flood the log. */
export class Repeats {
  readonly #told = new Map<string, Told>();

  constructor(private readonly now: () => number) {}

  /**
   * @param what whatever tells it from others
   * @returns what to add to the line; undefined where there is none to be
   */
  next(what: string): Fields | undefined {
    const now = this.now();
    const key = this.#told.has(what) || this.#hasRoom(now) ? what : OTHERS;
    const known = this.#told.get(key);
    if (known !== undefined && now - known.since < INTERVAL) {
      known.again++;
      return undefined;
    }
    this.#told.delete(key);
    this.#told.set(key, { since: now, again: 0 });
    const before = known === undefined || known.again === 0 ? {} : { before: known.again };
    return { ...before, ...(key === OTHERS && { who: OTHERS }) };
  }

  /** The oldest go once they may be said again. */
  #hasRoom(now: number): boolean {
    for (const [key, { since }] of this.#told) {
      if (now - since < INTERVAL) break;
      this.#told.delete(key);
    }
    return this.#told.size < MOST;
  }
}
