import type { CloseFrame } from "@fanfare/protocol";
import type { RateLimits } from "../../config/limits.ts";
import type { Clock } from "../../hub/ports.ts";
import { Book, type Entry } from "./book.ts";
import type { Offences } from "./offences.ts";
import { Pace } from "./pace.ts";
import { TokenBucket } from "./token-bucket.ts";

/** So many users without a connection are remembered. */
const REMEMBERED = 16_384;

/** What is paced: not read for a while. */
export interface Paced {
  readonly closed: boolean;
  /** Whom to name in the log. */
  readonly data: { readonly serial: number; readonly from?: string };
  hold(): void;
  release(): void;
  close(code: CloseFrame["code"], reason: string): void;
}

/** What all connections of a user may do together. */
export class Allowance implements Entry {
  held = 0;
  readonly requests: TokenBucket;
  readonly bytes: TokenBucket;

  constructor({ requestsPerUser, bytesPerUser }: RateLimits, now: number) {
    this.requests = new TokenBucket(requestsPerUser, now);
    this.bytes = new TokenBucket(bytesPerUser, now);
  }
}

/** Who sends how much, over all connections. */
export class Pacing {
  readonly #users: Book<Allowance>;

  constructor(
    readonly rateLimits: RateLimits,
    readonly clock: Clock,
    readonly offences: Offences,
  ) {
    this.#users = new Book(() => new Allowance(rateLimits, clock.now()), REMEMBERED);
  }

  begin(socket: Paced): Pace {
    return new Pace(this, socket);
  }

  hold(user: string): Allowance {
    return this.#users.hold(user);
  }

  letGo(user: string): void {
    const now = this.clock.now();
    this.#users.release(user, ({ requests, bytes }) => requests.full(now) && bytes.full(now));
  }
}
