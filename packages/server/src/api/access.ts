import { ERRORS, isRefused, parseUserName, type Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { RequestAuthenticator } from "../gateway/request-authenticator.ts";
import type { Authorizer, Permitted } from "../hub/authorizer.ts";
import type { Identity } from "../hub/identity.ts";

/** Who asks over HTTP, and what that one may do. */
export interface Requester {
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

/** Nobody is let in so. */
export interface Unauthenticated {
  readonly status: 401 | 503;
  readonly error: string;
}

/** What an HTTP handler asks before it does something. */
export type Authorize = (request: Request) => Promise<Requester | Unauthenticated>;

/** The same rules over HTTP as over WebSocket: both ask the hub's authorizer. */
export function authorizeBy(authenticator: RequestAuthenticator, authorizer: Authorizer): Authorize {
  return async (request) => {
    const caller = await authenticator.authenticate(request);
    const identity = authorizer.admit("http", caller, () => "guest-http");
    return isRefused(identity) ? unauthenticated(identity) : requesterOf(identity, authorizer);
  };
}

function requesterOf(identity: Identity, authorizer: Authorizer): Requester {
  const { user, proof } = identity;
  return {
    ...(proof !== undefined && { user, expires: proof.expires }),
    guest(name) {
      const named = authorizer.identify({ kind: "guest" }, () => name);
      return isRefused(named) ? undefined : parseUserName(named.user);
    },
    lacks(permission, room) {
      const refusal = authorizer.authorizeRequest(identity, permission, room);
      return refusal && sentence(refusal);
    },
    permissions: (room) => authorizer.permitted(identity, room),
  };
}

function unauthenticated(refusal: Refusal): Unauthenticated {
  return { status: ERRORS[refusal.name].retry ? 503 : 401, error: sentence(refusal) };
}

function sentence({ name, message }: Refusal): string {
  return message ?? ERRORS[name].message;
}
