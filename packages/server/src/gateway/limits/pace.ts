import { CLOSE } from "@fanfare/protocol";
import type { RateLimits } from "../../config/limits.ts";
import type { Charge, Timer } from "../../hub/ports.ts";
import type { Allowance, Paced, Pacing } from "./pacing.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Whoever is so many ms ahead of a rate does not merely hurry. */
const ABUSE = 60_000;

type Kind = Charge | "bytes" | "control";

const RATES: Readonly<Record<Kind, { rate: keyof RateLimits; setting: string }>> = {
  requests: { rate: "requestsPerConnection", setting: "rates.requests_per_connection" },
  bytes: { rate: "bytesPerConnection", setting: "rates.bytes_per_connection" },
  control: { rate: "controlFrames", setting: "rates.control_frames" },
  rooms: { rate: "roomsPerConnection", setting: "rates.rooms_per_connection" },
};
const USER_SETTINGS = { requests: "rates.requests_per_user", bytes: "rates.bytes_per_user" } as const;

/**
 * One connection's share. Who sends more than its rates allow is not read until it is within them again: its own
 * socket fills, and nothing is lost. Who is far ahead of them nevertheless is closed (SPEC LIMIT-3).
 */
export class Pace {
  readonly #buckets: Partial<Record<Kind, TokenBucket>> = {};
  #user: string | undefined;
  #allowance: Allowance | undefined;
  #timer: Timer | undefined;

  constructor(
    private readonly pacing: Pacing,
    private readonly socket: Paced,
  ) {}

  /** From now on it counts for its user, too. @param user whatever tells them from others */
  named(user: string): void {
    this.#forgetUser();
    this.#user = user;
    this.#allowance = this.pacing.hold(user);
  }

  /** @param bytes of a frame, which counts as one request */
  frame(bytes: number): void {
    this.charge("requests", 1);
    this.charge("bytes", bytes);
  }

  charge(kind: Kind, amount: number): void {
    if (this.socket.closed) return;
    const now = this.pacing.clock.now();
    const { rate, setting } = RATES[kind];
    this.#buckets[kind] ??= new TokenBucket(this.pacing.rateLimits[rate], now);
    const own = this.#buckets[kind].take(amount, now);
    if (own > 0) this.#tooFast(setting, own, String(this.socket.data.serial));
    if (kind !== "requests" && kind !== "bytes") return;
    const shared = this.#allowance?.[kind].take(amount, now) ?? 0;
    if (shared > 0) this.#tooFast(USER_SETTINGS[kind], shared, this.#user ?? "");
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#forgetUser();
  }

  #forgetUser(): void {
    if (this.#user !== undefined) this.pacing.letGo(this.#user);
    this.#user = undefined;
    this.#allowance = undefined;
  }

  #tooFast(setting: string, wait: number, who: string): void {
    if (this.socket.closed) return;
    const { serial: connection, from } = this.socket.data;
    const action = wait > ABUSE ? "closed" : "slowed";
    // By address, where there is one: who is closed comes back as another connection.
    this.pacing.offences.note(setting, `${action} ${from ?? who}`, { connection, from, action });
    if (wait > ABUSE) {
      this.socket.close(CLOSE.flooding.code, `${CLOSE.flooding.reason}: ${setting}`);
      return;
    }
    if (this.#timer === undefined) this.#hold(wait);
  }

  #hold(ms: number): void {
    this.socket.hold();
    this.#timer = this.pacing.clock.after(ms, () => {
      this.#timer = undefined;
      const left = this.#wait;
      if (left > 0) this.#hold(left);
      else this.socket.release();
    });
  }

  /** Until all of it is within the rates again. */
  get #wait(): number {
    const now = this.pacing.clock.now();
    const buckets = [...Object.values(this.#buckets), this.#allowance?.requests, this.#allowance?.bytes];
    return Math.max(0, ...buckets.map((bucket) => bucket?.wait(now) ?? 0));
  }
}
