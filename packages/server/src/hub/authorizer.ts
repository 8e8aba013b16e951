import { isPattern, isRefused, LIMITS, parseUserName, type Refusal, refuse } from "@fanfare/protocol";
import { DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from "../config/permission.ts";
import { matches, type Policy, policyFor } from "../config/policy.ts";
import type { Identity, Proof } from "./identity.ts";
import type { Audit, Caller } from "./ports.ts";
import type { ReplayStart } from "./replay.ts";

/** Names of guests begin so where tokens are in use, and the name of no token's user does (SPEC AUTH-7). */
export const GUEST = "guest-";

/** What a connection can ask of a room, and the permissions that it takes, in the order in which they are checked. */
const REQUIRED = {
  join: ["join"],
  /** Join, and be seen by others. */
  attend: ["join", "presence"],
  /** Who publishes in a room may read what is published there. */
  publish: ["join", "publish"],
  event: ["event"],
  history: ["history"],
  members: ["presence"],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

export type Action = keyof typeof REQUIRED;

/** What an identity may do in a room. */
export interface Permitted {
  readonly permissions: readonly Permission[];
  /** Those of them that the room's policy switches off for everyone. */
  readonly off: readonly Permission[];
}

/**
 * Decides who a caller is and what it may do. Every operation passes here before it is carried out, whatever it came
 * through: a dialect, an upgrade or an HTTP handler. Refusals are written to the audit log, questions are not.
 */
export class Authorizer {
  /** Whether callers without a token are admitted. */
  readonly admitsGuests: boolean;

  constructor(
    private readonly policies: readonly Policy[],
    /** Whether users prove who they are by tokens. Without them every caller is a guest, and may do what guests may. */
    readonly tokens: boolean,
    private readonly audit?: Audit,
  ) {
    this.admitsGuests = !tokens || policies.some(({ guests = [] }) => guests.length > 0);
  }

  /** @returns why the caller is not admitted at all; undefined if it is */
  rejection(caller: Caller): Refusal | undefined {
    if (caller.kind === "refused") return caller.refusal;
    return caller.kind === "guest" && !this.admitsGuests
      ? refuse("unauthorized", "A token is needed here; guests are not admitted.")
      : undefined;
  }

  /** @param name the name that a guest asks for */
  identify(caller: Caller, name: () => string): Identity | Refusal {
    if (caller.kind === "user") return { user: caller.user, proof: caller.proof };
    const rejection = this.rejection(caller);
    if (rejection !== undefined) return rejection;
    const given = name();
    if (!this.tokens || given.startsWith(GUEST)) return { user: given };
    const user = parseUserName(GUEST + given);
    return user === undefined
      ? refuse("bad_request", `A guest's name has at most ${LIMITS.userName - GUEST.length} characters.`)
      : { user };
  }

  /** `identify` for `hello` and for an HTTP request. A request without a token was not refused one: not audited. */
  admit(by: "hello" | "http", caller: Caller, name: () => string): Identity | Refusal {
    const identity = this.identify(caller, name);
    if (isRefused(identity) && (by === "hello" || caller.kind === "refused"))
      this.audit?.tokenRefused(by, identity);
    return identity;
  }

  /** @param caller as the new token says @returns the token that takes the place of the identity's own */
  renew({ user }: Identity, caller: Caller): Proof | Refusal {
    const proof = renewed(user, caller);
    if (isRefused(proof)) this.audit?.tokenRefused("refresh", proof);
    return proof;
  }

  /** @param room or a pattern @returns why not, by the first permission that is missing or switched off */
  authorize(identity: Identity, action: Action, room: string): Refusal | undefined {
    const policy = policyFor(this.policies, room);
    for (const permission of REQUIRED[action]) {
      const refusal = this.denial(identity, permission, room, policy);
      if (refusal === undefined) continue;
      this.audit?.denied(identity, permission, room);
      return refusal;
    }
    return undefined;
  }

  /** A client that may not read the past is refused a join with history; one that resumes is sent a `reset` (SPEC AUTH-6). */
  authorizeStart(identity: Identity, room: string, start: ReplayStart): ReplayStart | Refusal {
    if (start.from === "history") return this.authorize(identity, "history", room) ?? start;
    if (start.from !== "position") return start;
    return this.denial(identity, "history", room) === undefined ? start : { from: "withheld" };
  }

  /** As `authorize`. Where only the service publishes, its types are not for others to send (SPEC EVENT-4). */
  authorizeEvent(identity: Identity, room: string, type: string): Refusal | undefined {
    const refusal = this.authorize(identity, "event", room);
    if (refusal !== undefined || identity.service === true) return refusal;
    if (policyFor(this.policies, room).publish !== "service" || !isOfService(type, room)) return undefined;
    this.audit?.denied(identity, "event", room);
    return refuse("forbidden", `Only the service sends events of type ${type} in this room.`);
  }

  /** For HTTP handlers, which do what policies leave to the service. @param room or a pattern */
  authorizeRequest(identity: Identity, permission: Permission, room: string): Refusal | undefined {
    const refusal = this.missing(identity, permission, room);
    if (refusal !== undefined) this.audit?.denied(identity, permission, room);
    return refusal;
  }

  /** @param room or a pattern */
  permitted(identity: Identity, room: string): Permitted {
    const permissions = PERMISSIONS.filter((each) => this.missing(identity, each, room) === undefined);
    const off = permissions.filter((each) => this.denial(identity, each, room) !== undefined);
    return { permissions, off };
  }

  /** @param room or a pattern: then all rooms that match @returns why the permission cannot be used, not audited */
  denial(
    identity: Identity,
    permission: Permission,
    room: string,
    policy: Policy = policyFor(this.policies, room),
  ): Refusal | undefined {
    return switchedOff(identity, permission, policy) ?? this.missing(identity, permission, room);
  }

  /** @returns why the identity lacks the permission, whatever the room's policy switches off; not audited */
  missing({ service, proof }: Identity, permission: Permission, room: string): Refusal | undefined {
    if (service === true) return undefined;
    if (proof?.grants !== undefined) {
      const granted = proof.grants.some(
        ({ pattern, may }) => may.includes(permission) && matches(pattern, room),
      );
      return granted ? undefined : lacking(permission, room);
    }
    const who = proof === undefined ? "guests" : "users";
    if (!this.#admits(who, permission, room)) return lacking(permission, room);
    if (!isPattern(room)) return undefined;
    // Other policies may hold for some of its rooms.
    const closed = this.policies.find(
      ({ pattern }) => matches(room, pattern) && !this.#admits(who, permission, pattern),
    );
    return closed && lacking(permission, closed.pattern);
  }

  /**
   * A specific policy without the key (`guests`, `users`) falls back to the next wider policy that has it, so that it does
   * not open rooms which the wider policy closed. Guests beside users with tokens get no fallback: see `Policy.guests`.
   */
  #admits(who: "guests" | "users", permission: Permission, room: string): boolean {
    if (who === "guests" && this.tokens)
      return (policyFor(this.policies, room).guests ?? []).includes(permission);
    const policy = this.policies.find((each) => each[who] !== undefined && matches(each.pattern, room));
    return (policy?.[who] ?? DEFAULT_PERMISSIONS).includes(permission);
  }
}

/** A service's types begin with the namespace of its rooms: `todo.created` in `todo:groceries`. */
function isOfService(type: string, room: string): boolean {
  const [namespace = room] = room.split(":", 1);
  return type.startsWith(`${namespace}.`);
}

function lacking(permission: Permission, room: string): Refusal {
  return refuse("forbidden", `You lack the permission ${permission} in ${room}.`);
}

function renewed(user: string, caller: Caller): Proof | Refusal {
  if (caller.kind === "refused") return caller.refusal;
  return caller.kind === "user" && caller.user === user
    ? caller.proof
    : refuse("unauthorized", "This is the token of another user.");
}

function switchedOff(identity: Identity, permission: Permission, policy: Policy): Refusal | undefined {
  switch (permission) {
    case "publish":
      return policy.publish === "service" && identity.service !== true
        ? refuse("forbidden", "Only the service publishes in this room.")
        : undefined;
    case "event":
      return policy.events ? undefined : refuse("forbidden", "Events are off in this room.");
    case "presence":
      return policy.presence ? undefined : refuse("forbidden", "Presence is off in this room.");
    case "join":
    case "history":
    case "admin":
      return undefined;
    default:
      return permission satisfies never;
  }
}
