import { isPattern, isRefused, LIMITS, parseUserName, type Refusal, refuse } from "@fanfare/protocol";
import { DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from "../config/permission.ts";
import { matches, type Policy, policyFor } from "../config/policy.ts";
import type { Identity, Proof } from "./identity.ts";
import type { Audit, Caller } from "./ports.ts";
import type { ReplayStart } from "./replay.ts";

/** Where tokens are in use, names of guests begin with it, and names of users with a token never do (SPEC AUTH-7). */
export const GUEST = "guest-";

/** What a connection can ask of a room, with the permissions that it needs, in the order in which they are checked. */
const REQUIRED = {
  join: ["join"],
  /** Join, and appear in the room's presence. */
  attend: ["join", "presence"],
  /** A publisher also needs `join`: a right to publish never comes without one to read. */
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
 * Decides who a caller is and what it may do. Dialects, upgrades and HTTP handlers all ask it before an operation is carried
 * out. `authorize…`, `admit` and `renew` write refusals to the audit log; the other methods only answer.
 */
export class Authorizer {
  /** Whether callers without a token are admitted. */
  readonly admitsGuests: boolean;

  constructor(
    private readonly policies: readonly Policy[],
    /** Whether tokens are in use. If not, every caller is a guest. */
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

  /** As `identify`, and audits a refusal, unless an HTTP request came without a token that could be refused. */
  admit(by: "hello" | "http", caller: Caller, name: () => string): Identity | Refusal {
    const identity = this.identify(caller, name);
    if (isRefused(identity) && (by === "hello" || caller.kind === "refused"))
      this.audit?.tokenRefused(by, identity);
    return identity;
  }

  /** @param caller who the new token says the client is @returns the token that replaces the identity's own */
  renew({ user }: Identity, caller: Caller): Proof | Refusal {
    const proof = renewed(user, caller);
    if (isRefused(proof)) this.audit?.tokenRefused("refresh", proof);
    return proof;
  }

  /** @param room or a pattern @returns a refusal for the first permission that is missing or switched off; undefined if none is */
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

  /** As `authorize`; and where only the service publishes, only it may send events of its types (SPEC EVENT-4). */
  authorizeEvent(identity: Identity, room: string, type: string): Refusal | undefined {
    const refusal = this.authorize(identity, "event", room);
    if (refusal !== undefined || identity.service === true) return refusal;
    if (policyFor(this.policies, room).publish !== "service" || !isOfService(type, room)) return undefined;
    this.audit?.denied(identity, "event", room);
    return refuse("forbidden", `Only the service sends events of type ${type} in this room.`);
  }

  /** For HTTP handlers, which act as the service: ignores what a policy switches off for clients. @param room or a pattern */
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

  /** Not audited. @param room or a pattern, for all rooms that match @returns why the permission cannot be used; undefined if it can */
  denial(
    identity: Identity,
    permission: Permission,
    room: string,
    policy: Policy = policyFor(this.policies, room),
  ): Refusal | undefined {
    return switchedOff(identity, permission, policy) ?? this.missing(identity, permission, room);
  }

  /** Not audited; ignores what the room's policy switches off. @returns why the identity lacks the permission; undefined if it has it */
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
    // A more specific policy may close some of the pattern's rooms.
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
