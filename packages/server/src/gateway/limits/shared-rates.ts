import { RATE_LIMITS, type RateLimits } from "../../config/limits.ts";
import type { Clock } from "../../hub/ports.ts";
import { BoundedRegistry, type Held } from "./bounded-registry.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How many users, and how many addresses, without a connection are remembered. */
const REMEMBERED = 16_384;

export type SharedKind = "requests" | "bytes" | "scanned";

/** The limits that the connections of one user share, and the guests of one address. */
const SCOPES = {
  user: { requests: "requestsPerUser", bytes: "bytesPerUser", scanned: "scannedPerUser" },
  address: {
    requests: "guestRequestsPerAddress",
    bytes: "guestBytesPerAddress",
    scanned: "guestScannedPerAddress",
  },
} as const satisfies Record<string, Record<SharedKind, keyof RateLimits>>;

export type Scope = keyof typeof SCOPES;

/** A rate that several connections share. */
export class SharedRate implements Held {
  holders = 0;
  readonly #buckets: Readonly<Record<SharedKind, TokenBucket>>;

  constructor(
    readonly scope: Scope,
    rateLimits: RateLimits,
    now: number,
  ) {
    const bucket = (kind: SharedKind) => new TokenBucket(rateLimits[SCOPES[scope][kind]], now);
    this.#buckets = { requests: bucket("requests"), bytes: bucket("bytes"), scanned: bucket("scanned") };
  }

  /** The setting of one of its limits. */
  settingOf(kind: SharedKind): string {
    return RATE_LIMITS[SCOPES[this.scope][kind]].key;
  }

  /** @returns ms until it is within the limit again */
  consume(kind: SharedKind, amount: number, now: number): number {
    return this.#buckets[kind].consume(amount, now);
  }

  /** Ms until it is within all of its limits again. */
  wait(now: number): number {
    return Math.max(...Object.values(this.#buckets).map((bucket) => bucket.wait(now)));
  }

  /** Whether forgetting it makes no difference. */
  isUnused(now: number): boolean {
    return Object.values(this.#buckets).every((bucket) => bucket.full(now));
  }
}

/** The rates that connections share, by user and by address. */
export class SharedRates {
  readonly #rates: Readonly<Record<Scope, BoundedRegistry<SharedRate>>>;

  constructor(
    rateLimits: RateLimits,
    private readonly clock: Pick<Clock, "now">,
  ) {
    const registry = (scope: Scope) =>
      new BoundedRegistry(() => new SharedRate(scope, rateLimits, clock.now()), REMEMBERED);
    this.#rates = { user: registry("user"), address: registry("address") };
  }

  /** To be released once the connection does not count for it any more. */
  hold(scope: Scope, key: string): SharedRate {
    return this.#rates[scope].hold(key);
  }

  release(scope: Scope, key: string): void {
    const now = this.clock.now();
    this.#rates[scope].release(key, (rate) => rate.isUnused(now));
  }
}
