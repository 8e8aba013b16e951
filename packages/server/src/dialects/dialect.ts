import { ERRORS, type Refusal } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import type { Authorizer } from "../hub/authorizer.ts";
import type { Hub } from "../hub/hub.ts";
import type { Caller, ClientSocket } from "../hub/ports.ts";

/**
 * A wire protocol: from frames to hub calls and back. `testing/dialect-contract.ts` holds every
 * dialect to it.
 */
export interface Dialect {
  readonly name: string;
  /** Judges a request for a WebSocket before it is upgraded. */
  admit(request: UpgradeRequest): Admission;
}

export interface UpgradeRequest {
  /** What the mount's path has in the place of its parameter, decoded; undefined where it has no such place. */
  readonly name: string | undefined;
  readonly query: URLSearchParams;
  /** Goes before `name` to make the full name of a room. */
  readonly prefix: string;
  readonly caller: Caller;
  readonly authorizer: Authorizer;
  readonly limits: Limits;
}

export type Admission =
  | { readonly ok: true; readonly open: (hub: Hub, socket: ClientSocket) => Session }
  /** Answered with `{"error": …}`. */
  | { readonly ok: false; readonly status: number; readonly error: string };

/** The address is wrong. */
export function refused(error: string): Admission {
  return { ok: false, status: 400, error };
}

const STATUSES: Partial<Record<Refusal["name"], number>> = {
  unauthorized: 401,
  forbidden: 403,
  unavailable: 503,
};

/** The caller may not do what it asks for. */
export function denied({ name, message = ERRORS[name].message }: Refusal) {
  return { ok: false, status: STATUSES[name] ?? 400, error: message } as const;
}

/** One connection's end of the protocol. */
export interface Session {
  /**
   * One whole frame. MUST answer it or close the socket with a reason, MUST NOT throw whatever it holds,
   * MUST NOT touch another connection but through the hub. The gateway calls it; a publish goes on in `Hub.publish`
   * from `NativeSession`, `ChatSession` or `RecordSession`.
   */
  receive(frame: string): void;
  /** One whole binary frame as it came. Left out, it is read as UTF-8 text and given to `receive`. */
  receiveBinary?(frame: Uint8Array): void;
  /** Called when the client has read some of what waited for it. */
  writable(): void;
  /** The server is about to stop: the client should reconnect `delay` ms after the close. */
  closing?(delay: number): void;
  /** The socket has closed, by either side. Called once. */
  closed(): void;
}
