import { ERRORS, type Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { Identity } from "../hub/identity.ts";
import type { Audit } from "../hub/ports.ts";
import type { Fields, Log } from "./log.ts";

/**
 * Lines of one event a second; whoever is refused a thousand times must not fill the disk. What is more is counted. Each
 * event has its own, so that nobody without a token can hide what those with one are refused.
 */
const MOST = 100;
const SECOND = 1_000;

/** What was refused, and what administrators did, as lines of the log (SPEC AUTH-10). */
export class AuditLog implements Audit {
  #second = 0;
  readonly #lines = new Map<string, number>();

  constructor(
    private readonly log: Log,
    private readonly now: () => number,
  ) {}

  denied({ user, proof }: Identity, permission: Permission, room: string): void {
    this.#put("access.denied", { user, guest: proof === undefined, permission, room });
  }

  turnedAway(op: "hello" | "refresh" | "http", { name, message = ERRORS[name].message }: Refusal): void {
    this.#put("token.refused", { op, error: message });
  }

  upgradeRefused(fields: Fields): void {
    this.#put("upgrade.refused", fields);
  }

  /** Never left out. */
  revoked(fields: Fields): void {
    this.log.warn("admin.revoked", fields);
  }

  #put(event: string, fields: Fields): void {
    const second = Math.floor(this.now() / SECOND);
    if (second !== this.#second) {
      for (const [of, lines] of this.#lines) {
        if (lines > MOST) this.log.warn("audit.skipped", { of, lines: lines - MOST });
      }
      this.#second = second;
      this.#lines.clear();
    }
    const lines = (this.#lines.get(event) ?? 0) + 1;
    this.#lines.set(event, lines);
    if (lines <= MOST) this.log.info(event, fields);
  }
}
