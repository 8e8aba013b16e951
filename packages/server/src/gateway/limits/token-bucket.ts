/** What was not used in the last so many seconds may be used at once. */
const BURST = 10;

/** Fills at a steady rate. What is taken has happened already, so it may go into debt; times in ms. */
export class TokenBucket {
  #level: number;
  #at: number;

  /** @param rate per second */
  constructor(
    private readonly rate: number,
    now: number,
  ) {
    this.#level = rate * BURST;
    this.#at = now;
  }

  /** @returns ms until the bucket is out of debt; 0 where it is not in debt. */
  take(amount: number, now: number): number {
    this.#fill(now);
    this.#level -= amount;
    return this.#wait;
  }

  /** @returns 0, and takes it, where it is there; else takes nothing, and says in how many ms it will be. */
  ask(amount: number, now: number): number {
    this.#fill(now);
    if (this.#level >= amount) this.#level -= amount;
    else return Math.ceil(((amount - this.#level) / this.rate) * 1000);
    return 0;
  }

  /** ms until it is out of debt. */
  wait(now: number): number {
    this.#fill(now);
    return this.#wait;
  }

  /** Whether forgetting it makes no difference. */
  full(now: number): boolean {
    this.#fill(now);
    return this.#level >= this.rate * BURST;
  }

  get #wait(): number {
    return this.#level >= 0 ? 0 : Math.ceil((-this.#level / this.rate) * 1000);
  }

  /** A clock that is set back fills nothing. */
  #fill(now: number): void {
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#level = Math.min(this.rate * BURST, this.#level + (passed * this.rate) / 1000);
  }
}
