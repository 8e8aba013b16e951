import { Store } from "../state/store.ts";

/** Ms before the end of a session from which on the page asks for a later one, or a quarter of what was left. */
const AHEAD = 2 * 60_000;
const SHORTEST_PAUSE = 1_000;
/** Timers with a longer delay, in ms, fire at once. */
const LONGEST_PAUSE = 2 ** 31 - 1;

/** Watches the end of a session, so that a user who signs in again in time, in any tab, goes on without a break. */
export class SessionExpiry {
  /** When the session ends, by this machine's clock, ms; undefined while that is far away or not known. */
  readonly expiringAt = new Store<number | undefined>(undefined);
  /** As the server sent it, by its clock. */
  #expires: number | undefined;
  /** When `expiringAt` gets its value. */
  #warnAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param refresh asks the server for the session; the answer comes back by `update` */
  constructor(private readonly refresh: () => void) {}

  /**
   * @param expires undefined where there is no session
   * @param left ms until then
   * @returns whether the session ends later than the one before
   */
  update(expires: number | undefined, left: number): boolean {
    clearTimeout(this.#timer);
    const before = this.#expires;
    this.#expires = expires;
    if (expires === undefined) {
      this.expiringAt.set(undefined);
      return false;
    }
    const now = Date.now();
    if (expires !== before) this.#warnAt = now + left - Math.min(AHEAD, left / 4);
    const isNear = now >= this.#warnAt;
    this.expiringAt.set(isNear ? (this.expiringAt.value ?? now + left) : undefined);
    const pause = isNear ? left / 4 : this.#warnAt - now;
    this.#timer = setTimeout(this.refresh, Math.max(SHORTEST_PAUSE, Math.min(pause, LONGEST_PAUSE)));
    return before !== undefined && expires > before;
  }
}
