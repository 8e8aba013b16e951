import type { Member, PresenceFrame } from "@fanfare/protocol";
import { Cell } from "./value.ts";

/** Who is in a room, by arrival; past 500 only how many. */
export interface Presence {
  readonly members?: readonly Member[];
  readonly count: number;
}

/** What has changed, and how it is now. */
export interface PresenceChange extends Presence {
  readonly joins: readonly Member[];
  readonly leaves: readonly string[];
}

const NOBODY: Presence = { members: [], count: 0 };

/** No server lists as many. */
const MOST = 10_000;

/** The members of one room, as they are told. After a break the change is what happened meanwhile. */
export class PresenceSet {
  readonly value = new Cell<Presence>(NOBODY);
  /** Undefined where only their count is known. */
  #members: ReadonlyMap<string, Member> | undefined;

  take({ members, joins = [], leaves = [], count }: PresenceFrame): PresenceChange {
    const before = this.#members;
    const after = new Map((members ?? [...(before?.values() ?? [])]).map((member) => [member.user, member]));
    for (const user of leaves) after.delete(user);
    for (const member of joins) after.set(member.user, member);
    const isListed = after.size === count && count <= MOST;
    this.#members = isListed ? after : undefined;
    this.value.set(isListed ? { members: [...after.values()], count } : { count });
    if (before === undefined || !isListed) return { joins, leaves, ...this.value.value };
    return {
      joins: [...after.values()].filter(({ user }) => !before.has(user)),
      leaves: [...before.keys()].filter((user) => !after.has(user)),
      ...this.value.value,
    };
  }

  clear(): void {
    this.#members = undefined;
    this.value.set(NOBODY);
  }
}
