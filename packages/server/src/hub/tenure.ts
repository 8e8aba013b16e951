import { CLOSE } from "@fanfare/protocol";
import type { Clock, Link, Timer } from "./ports.ts";

/** A warning comes so many ms before the end, or at a tenth of what is left if that is less. */
const WARNING = 30_000;
/** A timer of more ms than fit into 31 bits goes off at once. */
const LONGEST = 2 ** 31 - 1;

/** How long a connection may stay: as long as its token holds (SPEC AUTH-4). */
export class Tenure {
  #timer: Timer | undefined;

  /** @param warn called once before each end, with the ms that are left */
  constructor(
    private readonly clock: Clock,
    private readonly link: Link,
    private readonly warn: (left: number) => void,
  ) {}

  /** @param end ms since 1970; the one before counts no more */
  until(end: number): void {
    const left = end - this.clock.now();
    this.#at(end - Math.min(WARNING, left / 10), () => {
      this.#at(end, () => this.link.close(CLOSE.expired.code, CLOSE.expired.reason));
      this.warn(Math.max(0, Math.ceil(end - this.clock.now())));
    });
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #at(time: number, run: () => void): void {
    this.end();
    const left = time - this.clock.now();
    this.#timer = this.clock.after(Math.max(0, Math.min(left, LONGEST)), () =>
      left > LONGEST ? this.#at(time, run) : run(),
    );
  }
}
