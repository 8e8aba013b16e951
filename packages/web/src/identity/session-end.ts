import { Store } from "../state/store.ts";

/** Ms before its end at which it is asked whether there is another session by now, or a quarter of what was left. */
const AHEAD = 2 * 60_000;
const SHORTEST_PAUSE = 1_000;
/** A timer of more ms goes off at once. */
const LONGEST_PAUSE = 2 ** 31 - 1;

/** Looks ahead to the end of a session: whoever signs in anew in time, wherever, goes on without a break. */
export class SessionEnd {
  /** When it ends, by this machine's clock, ms; undefined while that is far away, or not known. */
  readonly near = new Store<number | undefined>(undefined);
  /** As the server says it, by its clock. */
  #expires: number | undefined;
  /** When it comes near. */
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ask whether there is another one by now; what is said comes back by `heard` */
  constructor(private readonly ask: () => void) {}

  /**
   * @param expires undefined where there is no session
   * @param left ms until then
   * @returns whether it ends later than the one before
   */
  heard(expires: number | undefined, left: number): boolean {
    clearTimeout(this.#timer);
    const before = this.#expires;
    this.#expires = expires;
    if (expires === undefined) {
      this.near.set(undefined);
      return false;
    }
    const now = Date.now();
    if (expires !== before) this.#due = now + left - Math.min(AHEAD, left / 4);
    const isNear = now >= this.#due;
    this.near.set(isNear ? (this.near.value ?? now + left) : undefined);
    const pause = isNear ? left / 4 : this.#due - now;
    this.#timer = setTimeout(this.ask, Math.max(SHORTEST_PAUSE, Math.min(pause, LONGEST_PAUSE)));
    return before !== undefined && expires > before;
  }
}
