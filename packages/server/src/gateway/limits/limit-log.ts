import type { Fields, Log } from "../../telemetry/log.ts";
import { LogThrottle } from "../../telemetry/log-throttle.ts";

/** Logs who went past a limit, once per limit, client and minute (SPEC LIMIT-7). */
export class LimitLog {
  readonly #throttle: LogThrottle;

  constructor(
    private readonly log: Log,
    now: () => number,
  ) {
    this.#throttle = new LogThrottle(now);
  }

  /** @param limit the setting that was exceeded @param who an address or a user */
  record(limit: string, who: string, fields: Fields): void {
    const more = this.#throttle.next(`${limit} ${who}`);
    if (more !== undefined) this.log.warn("limit.exceeded", { limit, ...fields, ...more });
  }
}
