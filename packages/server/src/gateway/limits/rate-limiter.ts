import { CLOSE, type CloseFrame } from "@fanfare/protocol";
import { RATE_EXCESS_MS, type RateLimits } from "../../config/limits.ts";
import type { Charge, Clock, Timer } from "../../hub/ports.ts";
import type { LimitLog } from "./limit-log.ts";
import type { SharedRate, SharedRates } from "./shared-rates.ts";
import { TokenBucket } from "./token-bucket.ts";

type Kind = Charge | "bytes" | "control";

const RATES: Readonly<Record<Kind, { rate: keyof RateLimits; setting: string }>> = {
  requests: { rate: "requestsPerConnection", setting: "rates.requests_per_connection" },
  bytes: { rate: "bytesPerConnection", setting: "rates.bytes_per_connection" },
  scanned: { rate: "scannedPerConnection", setting: "rates.scanned_per_connection" },
  control: { rate: "controlFrames", setting: "rates.control_frames" },
  rooms: { rate: "roomsPerConnection", setting: "rates.rooms_per_connection" },
};
const USER_SETTINGS = {
  requests: "rates.requests_per_user",
  bytes: "rates.bytes_per_user",
  scanned: "rates.scanned_per_user",
} as const;

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
 * and nothing is lost. A connection that is far ahead of a rate nevertheless is closed (SPEC LIMIT-3).
 */
export class RateLimiter {
  readonly #buckets: Partial<Record<Kind, TokenBucket>> = {};
  #user: string | undefined;
  #shared: SharedRate | undefined;
  #timer: Timer | undefined;

  constructor(
    private readonly socket: RateLimited,
    private readonly options: RateLimiterOptions,
  ) {}

  /** From now on the connection counts for its user, too. @param user what tells the user from others */
  setUser(user: string): void {
    this.#releaseUser();
    this.#user = user;
    this.#shared = this.options.shared.hold(user);
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
    const { rate, setting } = RATES[kind];
    this.#buckets[kind] ??= new TokenBucket(rateLimits[rate], now);
    const own = this.#buckets[kind].take(amount, now);
    if (own > 0) this.#limit(setting, own, String(this.socket.data.serial));
    if (kind !== "requests" && kind !== "bytes" && kind !== "scanned") return;
    const shared = this.#shared?.[kind].take(amount, now) ?? 0;
    if (shared > 0) this.#limit(USER_SETTINGS[kind], shared, this.#user ?? "");
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#releaseUser();
  }

  #releaseUser(): void {
    if (this.#user !== undefined) this.options.shared.release(this.#user);
    this.#user = undefined;
    this.#shared = undefined;
  }

  #limit(setting: string, wait: number, who: string): void {
    if (this.socket.closed) return;
    const { serial: connection, from } = this.socket.data;
    const action = wait > RATE_EXCESS_MS ? "closed" : "slowed";
    // By address, where there is one: a client that is closed comes back as another connection.
    this.options.limitLog.record(setting, `${action} ${from ?? who}`, { connection, from, action });
    if (wait > RATE_EXCESS_MS) {
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
    const shared = this.#shared;
    const buckets = [...Object.values(this.#buckets), shared?.requests, shared?.bytes, shared?.scanned];
    return Math.max(0, ...buckets.map((bucket) => bucket?.wait(now) ?? 0));
  }
}
