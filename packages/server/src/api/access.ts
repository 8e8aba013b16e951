import { ERRORS, isRefused, parseUserName, type Refusal } from "@fanfare/protocol";
import { PERMISSIONS, type Permission } from "../config/permission.ts";
import type { Reception } from "../gateway/reception.ts";
import type { Authority } from "../hub/authority.ts";
import type { Identity } from "../hub/identity.ts";
import type { Audit } from "../hub/ports.ts";

/** Who asks over HTTP, and what that one may do. */
export interface Asker {
  /** The name that a token proves; a guest has none, or the one it gives itself. */
  readonly user?: string;
  /** When the token ends; ms since 1970. */
  readonly expires?: number;
  /** What a guest who calls itself so is called here; undefined where that is no name. */
  guest(name: string): string | undefined;
  /** @param room or a pattern @returns the sentence that says what is missing; undefined if nothing is */
  lacks(permission: Permission, room: string): string | undefined;
  /** @param room or a pattern */
  permissions(room: string): Permitted;
}

/** What somebody may do in a room. */
export interface Permitted {
  readonly permissions: readonly Permission[];
  /** Those of them that the room's policy switches off for everyone. */
  readonly off: readonly Permission[];
}

/** Nobody is let in so. */
export interface Unwelcome {
  readonly status: 401 | 503;
  readonly error: string;
}

/** What an HTTP handler asks before it does something. */
export type Authorize = (request: Request) => Promise<Asker | Unwelcome>;

/** The same rules over HTTP as over WebSocket: both ask the hub's authority. */
export function authorizeBy(reception: Reception, authority: Authority, audit?: Audit): Authorize {
  return async (request) => {
    const caller = await reception.receive(request);
    const identity = authority.identify(caller, () => "guest-http");
    if (isRefused(identity)) {
      // Whoever comes without a token was not refused one.
      if (caller.kind === "refused") audit?.turnedAway("http", identity);
      return unwelcome(identity);
    }
    return askerOf(identity, authority, audit);
  };
}

function askerOf(identity: Identity, authority: Authority, audit?: Audit): Asker {
  const { user, proof } = identity;
  return {
    ...(proof !== undefined && { user, expires: proof.expires }),
    guest(name) {
      const named = authority.identify({ kind: "guest" }, () => name);
      return isRefused(named) ? undefined : parseUserName(named.user);
    },
    lacks(permission, room) {
      const refusal = authority.lacking(identity, permission, room);
      if (refusal !== undefined) audit?.denied(identity, permission, room);
      return refusal && sentence(refusal);
    },
    permissions(room) {
      const has = PERMISSIONS.filter((each) => authority.lacking(identity, each, room) === undefined);
      return {
        permissions: has,
        off: has.filter((each) => authority.denied(identity, each, room) !== undefined),
      };
    },
  };
}

function unwelcome(refusal: Refusal): Unwelcome {
  return { status: ERRORS[refusal.name].retry ? 503 : 401, error: sentence(refusal) };
}

function sentence({ name, message }: Refusal): string {
  return message ?? ERRORS[name].message;
}
