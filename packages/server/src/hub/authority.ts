import { isPattern, LIMITS, parseUserName, type Refusal, refuse } from "@fanfare/protocol";
import { EVERYDAY, type Permission } from "../config/permission.ts";
import { matches, type Policy, policyFor } from "../config/policy.ts";
import type { Identity } from "./identity.ts";
import type { Caller } from "./ports.ts";

export type Action = Permission;

/** Names of guests begin so where there are tokens, and no token's user is called so (SPEC AUTH-7). */
export const GUEST = "guest-";

const NOTHING: readonly Permission[] = [];

/** The one place that says who may do what. */
export class Authority {
  /** Whether anybody is let in without a token. */
  readonly admitsGuests: boolean;

  constructor(
    private readonly policies: readonly Policy[],
    /** Whether users prove who they are by tokens. Without them everyone is a guest, and may do what guests may. */
    readonly tokens: boolean,
  ) {
    this.admitsGuests = !tokens || policies.some(({ guests = NOTHING }) => guests.length > 0);
  }

  policy(room: string): Policy {
    return policyFor(this.policies, room);
  }

  /** @param name what a guest asks to be called @returns who that is; or why nobody is let in so */
  identify(caller: Caller, name: () => string): Identity | Refusal {
    if (caller.kind === "user") return { user: caller.user, proof: caller.proof };
    const refusal = this.turnedAway(caller);
    if (refusal !== undefined) return refusal;
    const given = name();
    if (!this.tokens || given.startsWith(GUEST)) return { user: given };
    const user = parseUserName(GUEST + given);
    return user === undefined
      ? refuse("bad_request", `A guest's name has at most ${LIMITS.userName - GUEST.length} characters.`)
      : { user };
  }

  /** Why somebody is not let in at all. */
  turnedAway(caller: Caller): Refusal | undefined {
    if (caller.kind === "refused") return caller.refusal;
    return caller.kind === "guest" && !this.admitsGuests
      ? refuse("unauthorized", "A token is needed here; guests are not admitted.")
      : undefined;
  }

  /** @param room or a pattern: then all rooms that match are meant @returns why not, or undefined */
  denied(
    identity: Identity,
    action: Action,
    room: string,
    policy: Policy = this.policy(room),
  ): Refusal | undefined {
    return switchedOff(identity, action, policy) ?? this.lacking(identity, action, room);
  }

  /** Whether the permission itself is missing, whatever the policy switches off. */
  lacking({ service, proof }: Identity, permission: Permission, room: string): Refusal | undefined {
    if (service === true) return undefined;
    if (proof?.grants !== undefined) {
      const granted = proof.grants.some(
        ({ pattern, may }) => may.includes(permission) && matches(pattern, room),
      );
      return granted ? undefined : missing(permission, room);
    }
    const who = proof === undefined ? "guests" : "users";
    if (!this.#admits(who, permission, room)) return missing(permission, room);
    if (!isPattern(room)) return undefined;
    // Other policies may hold for some of its rooms.
    const closed = this.policies.find(
      ({ pattern }) => matches(room, pattern) && !this.#admits(who, permission, pattern),
    );
    return closed && missing(permission, closed.pattern);
  }

  /** A policy for fewer rooms that is silent about it opens nothing that one for more of them has closed. */
  #admits(who: "guests" | "users", permission: Permission, room: string): boolean {
    if (who === "guests" && this.tokens) return (this.policy(room).guests ?? NOTHING).includes(permission);
    const said = this.policies.find((policy) => policy[who] !== undefined && matches(policy.pattern, room));
    return (said?.[who] ?? EVERYDAY).includes(permission);
  }
}

function missing(permission: Permission, room: string): Refusal {
  return refuse("forbidden", `You lack the permission ${permission} in ${room}.`);
}

function switchedOff(identity: Identity, action: Action, policy: Policy): Refusal | undefined {
  switch (action) {
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
      return action satisfies never;
  }
}
