import type { RateLimits } from "../../config/limits.ts";
import type { Clock } from "../../hub/ports.ts";
import { BoundedRegistry, type Held } from "./bounded-registry.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How many users without a connection are remembered. */
const REMEMBERED = 16_384;

/** What all connections of one user may send together. */
export class SharedRate implements Held {
  holders = 0;
  readonly requests: TokenBucket;
  readonly bytes: TokenBucket;
  readonly scanned: TokenBucket;

  constructor({ requestsPerUser, bytesPerUser, scannedPerUser }: RateLimits, now: number) {
    this.requests = new TokenBucket(requestsPerUser, now);
    this.bytes = new TokenBucket(bytesPerUser, now);
    this.scanned = new TokenBucket(scannedPerUser, now);
  }

  /** Whether forgetting it makes no difference. */
  isUnused(now: number): boolean {
    return this.requests.full(now) && this.bytes.full(now) && this.scanned.full(now);
  }
}

/** The rates that the connections of a user share. */
export class SharedRates {
  readonly #users: BoundedRegistry<SharedRate>;

  constructor(
    rateLimits: RateLimits,
    private readonly clock: Pick<Clock, "now">,
  ) {
    this.#users = new BoundedRegistry(() => new SharedRate(rateLimits, clock.now()), REMEMBERED);
  }

  /** To be released once the connection does not count for the user any more. */
  hold(user: string): SharedRate {
    return this.#users.hold(user);
  }

  release(user: string): void {
    const now = this.clock.now();
    this.#users.release(user, (rate) => rate.isUnused(now));
  }
}
