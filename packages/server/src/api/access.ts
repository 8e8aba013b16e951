import { ERRORS, isRefused, parseUserName, type Refusal } from "@fanfare/protocol";
import type { Permission } from "../config/permission.ts";
import type { RequestAuthenticator } from "../gateway/request-authenticator.ts";
import type { Authorizer, Permitted } from "../hub/authorizer.ts";
import type { Identity } from "../hub/identity.ts";

/** The sender of an HTTP request, and what it may do. */
export interface Requester {
  /** The name that a token proves; left out for a guest. */
  readonly user?: string;
  /** When the token expires; ms since 1970. */
  readonly expires?: number;
  /** The user name of a guest who chose `name`; undefined where that is no name. */
  guest(name: string): string | undefined;
  /** @param room or a pattern @returns the sentence that says why the permission is missing; undefined where it is not */
  lacks(permission: Permission, room: string): string | undefined;
  /** @param room or a pattern */
  permissions(room: string): Permitted;
}

/** Why a request is not authenticated. */
export interface Unauthenticated {
  readonly status: 401 | 503;
  readonly error: string;
}

/** Finds out who sends a request, before an HTTP handler does something for it. */
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
