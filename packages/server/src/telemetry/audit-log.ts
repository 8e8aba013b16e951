import { ERRORS, type Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { Identity } from "../hub/identity.ts";
import type { Audit } from "../hub/ports.ts";
import type { Fields, Log } from "./log.ts";
import { LogThrottle } from "./log-throttle.ts";

/** A request that is refused: for a WebSocket, or to a host that is not the server. */
export interface RefusedRequest {
  readonly status: number;
  readonly path: string;
  readonly error: string;
  /** The client's address; left out on a unix socket. */
  readonly from?: string;
}

/** Logs what was refused, once per reason, client and minute, and what administrators did (SPEC AUTH-10). */
export class AuditLog implements Audit {
  readonly #denied: LogThrottle;
  readonly #tokens: LogThrottle;
  readonly #upgrades: LogThrottle;

  constructor(
    private readonly log: Log,
    now: () => number,
  ) {
    this.#denied = new LogThrottle(now);
    this.#tokens = new LogThrottle(now);
    this.#upgrades = new LogThrottle(now);
  }

  /** One line for all rooms: their number has no bound. */
  denied({ user, proof }: Identity, permission: Permission, room: string): void {
    const more = this.#denied.next(`${permission} ${user}`);
    if (more === undefined) return;
    this.log.info("access.denied", { user, guest: proof === undefined, permission, room, ...more });
  }

  tokenRefused(op: "hello" | "refresh" | "http", { name, message = ERRORS[name].message }: Refusal): void {
    const more = this.#tokens.next(`${op} ${message}`);
    if (more !== undefined) this.log.info("token.refused", { op, error: message, ...more });
  }

  /** One line for all paths: their number has no bound. */
  upgradeRefused({ status, path, error, from }: RefusedRequest): void {
    const more = this.#upgrades.next(`${error} ${from}`);
    if (more !== undefined) this.log.info("upgrade.refused", { status, path, error, from, ...more });
  }

  /** Is never left out. */
  revoked(fields: Fields): void {
    this.log.warn("admin.revoked", fields);
  }
}
