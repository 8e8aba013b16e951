import { ERRORS, type Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { Identity } from "../hub/identity.ts";
import type { Audit } from "../hub/ports.ts";
import type { Fields, Log } from "./log.ts";
import { ThrottledLog } from "./throttled-log.ts";

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
  readonly #throttled: ThrottledLog;

  constructor(
    private readonly log: Log,
    now: () => number,
  ) {
    this.#throttled = new ThrottledLog(log, now);
  }

  /** One line for all rooms: their number has no bound. */
  denied({ user, proof }: Identity, permission: Permission, room: string): void {
    const fields = { user, guest: proof === undefined, permission, room };
    this.#throttled.info("access.denied", `${permission} ${user}`, fields);
  }

  tokenRefused(op: "hello" | "refresh" | "http", { name, message = ERRORS[name].message }: Refusal): void {
    this.#throttled.info("token.refused", `${op} ${message}`, { op, error: message });
  }

  /** One line for all paths: their number has no bound. */
  upgradeRefused({ status, path, error, from }: RefusedRequest): void {
    this.#throttled.info("upgrade.refused", `${error} ${from}`, { status, path, error, from });
  }

  /** Is never left out. */
  revoked(fields: Fields): void {
    this.log.warn("admin.revoked", fields);
  }
}
