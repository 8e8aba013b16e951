import { CLOSE } from "@fanfare/protocol";
import type { ClientSocket, Clock, Timer } from "./ports.ts";

/** The client is warned this long before its token expires, or at a tenth of what is left if that is less; ms. */
const WARNING = 30_000;
/** How often the clock is checked, in ms: a timer does not notice that the clock was set. */
const RECHECK = 60_000;

/** Closes a connection when its token expires by the clock (SPEC AUTH-4, AUTH-14). */
export class TokenExpiry {
  #timer: Timer | undefined;
  #expires = Number.POSITIVE_INFINITY;

  /** @param warn called once before each expiry, with the ms that are left */
  constructor(
    private readonly clock: Clock,
    private readonly socket: ClientSocket,
    private readonly warn: (left: number) => void,
  ) {}

  /** @param expires ms since 1970; takes the place of the time that was set before */
  set(expires: number): void {
    this.#expires = expires;
    const left = expires - this.clock.now();
    this.#at(expires - Math.min(WARNING, left / 10), () => {
      this.#at(expires, () => this.#close());
      this.warn(Math.max(0, Math.ceil(expires - this.clock.now())));
    });
  }

  /** Closes the connection at once if its token has expired. @returns whether it has */
  check(): boolean {
    if (this.clock.now() < this.#expires) return false;
    this.#close();
    return true;
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #at(time: number, run: () => void): void {
    this.cancel();
    const left = time - this.clock.now();
    this.#timer = this.clock.after(Math.max(0, Math.min(left, RECHECK)), () =>
      this.clock.now() < time ? this.#at(time, run) : run(),
    );
  }

  #close(): void {
    this.socket.close(CLOSE.expired.code, CLOSE.expired.reason);
  }
}
