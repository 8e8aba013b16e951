import { CLOSE } from "@fanfare/protocol";
import type { ClientSocket, Clock, Timer } from "./ports.ts";

/** The client is warned this long before its token expires, or at a tenth of what is left if that is less; ms. */
const WARNING = 30_000;
/** A timer of more ms than fit into 31 bits fires at once. */
const LONGEST = 2 ** 31 - 1;

/** Closes a connection when its token expires (SPEC AUTH-4). */
export class TokenExpiry {
  #timer: Timer | undefined;

  /** @param warn called once before each expiry, with the ms that are left */
  constructor(
    private readonly clock: Clock,
    private readonly socket: ClientSocket,
    private readonly warn: (left: number) => void,
  ) {}

  /** @param expires ms since 1970; takes the place of the time that was set before */
  set(expires: number): void {
    const left = expires - this.clock.now();
    this.#at(expires - Math.min(WARNING, left / 10), () => {
      this.#at(expires, () => this.socket.close(CLOSE.expired.code, CLOSE.expired.reason));
      this.warn(Math.max(0, Math.ceil(expires - this.clock.now())));
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #at(time: number, run: () => void): void {
    this.cancel();
    const left = time - this.clock.now();
    this.#timer = this.clock.after(Math.max(0, Math.min(left, LONGEST)), () =>
      left > LONGEST ? this.#at(time, run) : run(),
    );
  }
}
