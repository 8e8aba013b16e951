import { CLOSE, type CloseFrame } from "@fanfare/protocol";
import { RATE_EXCESS_MS, RATE_LIMITS, type RateLimits } from "../../config/limits.ts";
import type { Charge, Clock, Timer } from "../../hub/ports.ts";
import type { LimitLog } from "./limit-log.ts";
import { countedAs } from "./network.ts";
import type { Scope, SharedRate, SharedRates } from "./shared-rates.ts";
import { TokenBucket } from "./token-bucket.ts";

type Kind = Charge | "bytes" | "control";

/** Which limit each kind of charge counts for, on one connection. */
const CONNECTION_LIMITS: Readonly<Record<Kind, keyof RateLimits>> = {
  requests: "requestsPerConnection",
  bytes: "bytesPerConnection",
  scanned: "scannedPerConnection",
  control: "controlFrames",
  rooms: "roomsPerConnection",
};

/** A connection whose rate is limited. */
export interface RateLimited {
  readonly closed: boolean;
  /** How the log names the connection. */
  readonly data: { readonly serial: number; readonly from?: string };
  block(reason: "rate"): void;
  unblock(reason: "rate"): void;
  close(code: CloseFrame["code"], reason: string): void;
}

/** What the rate limiters of all connections have in common. */
export interface RateLimiterOptions {
  readonly rateLimits: RateLimits;
  readonly shared: SharedRates;
  readonly clock: Clock;
  readonly limitLog: LimitLog;
}

/**
 * Limits how fast one connection sends. While it is past a rate its socket is not read: the client's own buffers fill,
 * and nothing is lost. A connection that is past a rate by more than `RATE_EXCESS_MS` is closed (SPEC LIMIT-3).
 */
export class RateLimiter {
  readonly #buckets: Partial<Record<Kind, TokenBucket>> = {};
  /** The rates that it shares with others, and the keys by which it holds them. */
  readonly #shared: Partial<Record<Scope, { readonly key: string; readonly rate: SharedRate }>> = {};
  #timer: Timer | undefined;

  /** A connection counts for its address until a token proves who its user is. */
  constructor(
    private readonly socket: RateLimited,
    private readonly options: RateLimiterOptions,
  ) {
    const { from } = socket.data;
    if (from !== undefined) this.#hold("address", countedAs(from));
  }

  /** From now on the connection counts for its user, too. @param proven whether a token says who the user is */
  setUser(user: string, proven: boolean): void {
    this.#release("user");
    // Guests at different addresses may have the same name.
    this.#hold("user", proven ? user : `${this.socket.data.from ?? ""} ${user}`);
    if (proven) this.#release("address");
  }

  /** @param bytes of a frame, which counts as one request */
  chargeFrame(bytes: number): void {
    this.charge("requests", 1);
    this.charge("bytes", bytes);
  }

  charge(kind: Kind, amount: number): void {
    if (this.socket.closed) return;
    const { clock, rateLimits } = this.options;
    const now = clock.now();
    const limit = CONNECTION_LIMITS[kind];
    this.#buckets[kind] ??= new TokenBucket(rateLimits[limit], now);
    const own = this.#buckets[kind].consume(amount, now);
    if (own > 0) this.#limit(RATE_LIMITS[limit].key, own, String(this.socket.data.serial));
    if (kind === "control" || kind === "rooms") return;
    for (const { key, rate } of Object.values(this.#shared)) {
      const wait = rate.consume(kind, amount, now);
      if (wait > 0) this.#limit(rate.settingOf(kind), wait, key, rate.scope);
    }
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#release("user");
    this.#release("address");
  }

  #hold(scope: Scope, key: string): void {
    this.#shared[scope] = { key, rate: this.options.shared.hold(scope, key) };
  }

  #release(scope: Scope): void {
    const held = this.#shared[scope];
    if (held !== undefined) this.options.shared.release(scope, held.key);
    delete this.#shared[scope];
  }

  #limit(setting: string, wait: number, who: string, scope?: Scope): void {
    if (this.socket.closed) return;
    const { serial: connection, from } = this.socket.data;
    // Guests at one address may be strangers: none of them is closed for what others send.
    const isExcess = wait > RATE_EXCESS_MS && scope !== "address";
    const action = isExcess ? "closed" : "slowed";
    // By address, where there is one: a client that is closed comes back as another connection.
    this.options.limitLog.record(setting, `${action} ${from ?? who}`, { connection, from, action });
    if (isExcess) {
      this.socket.close(CLOSE.flooding.code, `${CLOSE.flooding.reason}: ${setting}`);
      return;
    }
    if (this.#timer === undefined) this.#blockFor(wait);
  }

  #blockFor(ms: number): void {
    this.socket.block("rate");
    this.#timer = this.options.clock.after(ms, () => {
      this.#timer = undefined;
      const left = this.#wait;
      if (left > 0) this.#blockFor(left);
      else this.socket.unblock("rate");
    });
  }

  /** Ms until the connection is within all of its rates again. */
  get #wait(): number {
    const now = this.options.clock.now();
    const waits = [...Object.values(this.#buckets), ...Object.values(this.#shared).map(({ rate }) => rate)];
    return Math.max(0, ...waits.map((each) => each.wait(now)));
  }
}
