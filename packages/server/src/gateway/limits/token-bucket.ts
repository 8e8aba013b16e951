import { RATE_BURST_S } from "../../config/limits.ts";

/** Fills at a steady rate; times in ms. `consume` may overdraw it, since it counts what has already happened. */
export class TokenBucket {
  #level: number;
  #at: number;

  /** @param rate per second */
  constructor(
    private readonly rate: number,
    now: number,
  ) {
    this.#level = rate * RATE_BURST_S;
    this.#at = now;
  }

  /** @returns ms until the bucket is not overdrawn any more; 0 where it is not. */
  consume(amount: number, now: number): number {
    this.#fill(now);
    this.#level -= amount;
    return this.#wait;
  }

  /** Consumes the amount if the bucket holds it. @returns 0 if it did; else in how many ms it will */
  tryConsume(amount: number, now: number): number {
    this.#fill(now);
    if (this.#level >= amount) this.#level -= amount;
    else return Math.ceil(((amount - this.#level) / this.rate) * 1000);
    return 0;
  }

  /** Ms until the bucket is not overdrawn any more. */
  wait(now: number): number {
    this.#fill(now);
    return this.#wait;
  }

  /** Whether the bucket is full, as a new one is. */
  full(now: number): boolean {
    this.#fill(now);
    return this.#level >= this.rate * RATE_BURST_S;
  }

  get #wait(): number {
    return this.#level >= 0 ? 0 : Math.ceil((-this.#level / this.rate) * 1000);
  }

  /** A clock that is set back fills nothing. */
  #fill(now: number): void {
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#level = Math.min(this.rate * RATE_BURST_S, this.#level + (passed * this.rate) / 1000);
  }
}
