import type { Fields, Log } from "../../telemetry/log.ts";
import { Repeats } from "../../telemetry/repeats.ts";

/** Says who went past a limit, once per offender and minute (SPEC LIMIT-7). */
export class Offences {
  readonly #repeats: Repeats;

  constructor(
    private readonly log: Log,
    now: () => number,
  ) {
    this.#repeats = new Repeats(now);
  }

  /** @param limit the setting that was exceeded @param who an address or a user */
  note(limit: string, who: string, fields: Fields): void {
    const more = this.#repeats.next(`${limit} ${who}`);
    if (more !== undefined) this.log.warn("limit.exceeded", { limit, ...fields, ...more });
  }
}
