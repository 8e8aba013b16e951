import type { Member, PresenceFrame } from "@fanfare/protocol";
import type { Lifetime } from "./lifetime.ts";
import { WritableValue } from "./value.ts";

/** The members of a room in order of arrival; past 500 members only their count. */
export interface Presence {
  readonly members?: readonly Member[];
  readonly count: number;
}

/** A change of the members, and the members after it. */
export interface PresenceChange extends Presence {
  readonly joins: readonly Member[];
  readonly leaves: readonly string[];
}

const EMPTY: Presence = { members: [], count: 0 };

/** A server lists 500. */
const MOST_LISTED = 10_000;

/** The members of one room, kept up to date from presence frames. After a break the change covers the whole break. */
export class PresenceSet extends WritableValue<Presence> {
  /** Undefined while only their count is known. */
  #members: ReadonlyMap<string, Member> | undefined;

  constructor(lifetime: Lifetime) {
    super(EMPTY, lifetime);
  }

  apply({ members, joins = [], leaves = [], count }: PresenceFrame): PresenceChange {
    const before = this.#members;
    const after = new Map((members ?? [...(before?.values() ?? [])]).map((member) => [member.user, member]));
    for (const user of leaves) after.delete(user);
    for (const member of joins) after.set(member.user, member);
    const isListed = after.size === count && count <= MOST_LISTED;
    this.#members = isListed ? after : undefined;
    const present = isListed ? { members: [...after.values()], count } : { count };
    this.set(present);
    if (before === undefined || !isListed) return { joins, leaves, ...present };
    return {
      joins: [...after.values()].filter(({ user }) => !before.has(user)),
      leaves: [...before.keys()].filter((user) => !after.has(user)),
      ...present,
    };
  }

  clear(): void {
    this.#members = undefined;
    this.set(EMPTY);
  }
}
