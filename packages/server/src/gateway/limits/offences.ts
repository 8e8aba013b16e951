import type { Fields, Log } from "../../telemetry/log.ts";

/** An offender is named in the log once in so many ms. */
const INTERVAL = 60_000;
/** So many are kept apart; the others are told of together. */
const MOST = 1_024;
const OTHERS = "others";

interface Offender {
  readonly since: number;
  /** How often since its line. */
  again: number;
}

/** Says who went past a limit, once per offender and minute: a flood does not flood the log (SPEC LIMIT-7). */
export class Offences {
  readonly #offenders = new Map<string, Offender>();

  constructor(
    private readonly log: Log,
    private readonly now: () => number,
  ) {}

  /** @param limit the setting that was exceeded @param who an address or a user */
  note(limit: string, who: string, fields: Fields): void {
    const now = this.now();
    const named = `${limit} ${who}`;
    const key = this.#offenders.has(named) || this.#hasRoom(now) ? named : OTHERS;
    const known = this.#offenders.get(key);
    if (known !== undefined && now - known.since < INTERVAL) {
      known.again++;
      return;
    }
    this.#offenders.delete(key);
    this.#offenders.set(key, { since: now, again: 0 });
    const told = known !== undefined && known.again > 0 ? { before: known.again } : {};
    this.log.warn("limit.exceeded", { limit, ...fields, ...told, ...(key === OTHERS && { who: OTHERS }) });
  }

  /** The oldest go once they may be named again. */
  #hasRoom(now: number): boolean {
    for (const [key, { since }] of this.#offenders) {
      if (now - since < INTERVAL) break;
      this.#offenders.delete(key);
    }
    return this.#offenders.size < MOST;
  }
}
