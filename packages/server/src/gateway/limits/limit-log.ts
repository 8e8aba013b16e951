import type { Fields, Log } from "../../telemetry/log.ts";
import { ThrottledLog } from "../../telemetry/throttled-log.ts";

/** Logs who went past a limit, once per limit, client and minute (SPEC LIMIT-7). */
export class LimitLog {
  readonly #throttled: ThrottledLog;

  constructor(log: Log, now: () => number) {
    this.#throttled = new ThrottledLog(log, now);
  }

  /** @param limit the setting that was exceeded @param who an address or a user */
  record(limit: string, who: string, fields: Fields): void {
    this.#throttled.warn("limit.exceeded", `${limit} ${who}`, { limit, ...fields });
  }
}
