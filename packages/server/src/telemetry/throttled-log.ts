import type { Fields, Log } from "./log.ts";
import { LogThrottle } from "./log-throttle.ts";

/**
 * A log for events whose number clients decide: one line per event, key and minute, which says in `before` how many
 * were left out (SPEC LOG-6).
 */
export class ThrottledLog {
  /** By event. */
  readonly #throttles = new Map<string, LogThrottle>();

  constructor(
    private readonly log: Log,
    private readonly now: () => number,
  ) {}

  /** @param key who or what causes the lines that one of them stands for */
  info(event: string, key: string, fields: Fields): void {
    this.#put("info", event, key, fields);
  }

  warn(event: string, key: string, fields: Fields): void {
    this.#put("warn", event, key, fields);
  }

  error(event: string, key: string, fields: Fields): void {
    this.#put("error", event, key, fields);
  }

  #put(level: "info" | "warn" | "error", event: string, key: string, fields: Fields): void {
    let throttle = this.#throttles.get(event);
    if (throttle === undefined) {
      throttle = new LogThrottle(this.now);
      this.#throttles.set(event, throttle);
    }
    const more = throttle.next(key);
    if (more !== undefined) this.log[level](event, { ...fields, ...more });
  }
}
