import type { Member } from "@fanfare/protocol";
import type { Attendee } from "../engines/engine.ts";
import type { Clock, Timer } from "./ports.ts";
import type { PresenceUpdate } from "./update.ts";

/** Once a room has grown past the listing bound, it must shrink to this share of it before it is listed again. */
const RELIST = 0.9;

interface UserEntry {
  readonly member: Member;
  connections: number;
  grace?: Timer;
}

/**
 * Who is in a room over all nodes: its visible connections, and one entry per user. A user leaves one grace period after
 * the last of their connections (SPEC PRES-1, PRES-2).
 */
export class Presence {
  /** Visible connections by key, in order of arrival. */
  readonly #attendees = new Map<string, Attendee>();
  readonly #entries = new Map<string, UserEntry>();
  readonly #joins = new Map<string, Member>();
  readonly #leaves = new Set<string>();
  #listed: boolean;

  constructor(
    attendees: readonly Attendee[],
    private readonly clock: Clock,
    private readonly graceMs: number,
    /** Members past which only their number is sent. */
    private readonly membersListed: number,
    /** Called when a user's grace period has ended: `drainChanges` then returns what changed. */
    private readonly changed: () => void,
  ) {
    for (const attendee of attendees) this.enter(attendee);
    this.#joins.clear();
    this.#listed = this.count <= this.membersListed;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** Visible connections. */
  get attending(): number {
    return this.#attendees.size;
  }

  /** In order of arrival. */
  attendees(): Iterable<Attendee> {
    return this.#attendees.values();
  }

  /** Everyone, or undefined past the listing bound. */
  members(): Member[] | undefined {
    return this.#listed ? [...this.#entries.values()].map((entry) => entry.member) : undefined;
  }

  enter(attendee: Attendee): void {
    this.#attendees.set(attendee.key, attendee);
    const { user, since } = attendee;
    const entry = this.#entries.get(user);
    if (entry !== undefined) {
      entry.connections++;
      entry.grace?.cancel();
      delete entry.grace;
      return;
    }
    const member = { user, since };
    this.#entries.set(user, { member, connections: 1 });
    this.#joins.set(user, member);
  }

  /** @returns who left; undefined if it was not there */
  leave(key: string): Attendee | undefined {
    const attendee = this.#attendees.get(key);
    if (attendee === undefined) return undefined;
    this.#attendees.delete(key);
    this.#leaveUser(attendee.user);
    return attendee;
  }

  #leaveUser(user: string): void {
    const entry = this.#entries.get(user);
    if (entry === undefined || --entry.connections > 0) return;
    entry.grace = this.clock.after(this.graceMs, () => {
      this.#entries.delete(user);
      if (!this.#joins.delete(user)) this.#leaves.add(user);
      this.changed();
    });
  }

  /** @returns the changes since the last call as one update; undefined where there are none */
  drainChanges(): PresenceUpdate | undefined {
    if (this.#joins.size === 0 && this.#leaves.size === 0) return undefined;
    const joins = [...this.#joins.values()];
    const leaves = [...this.#leaves];
    this.#joins.clear();
    this.#leaves.clear();
    const wasListed = this.#listed;
    this.#listed = this.count <= this.membersListed * (wasListed ? 1 : RELIST);
    const change = { kind: "presence", count: this.count } as const;
    if (!this.#listed) return { ...change, joins: [], leaves: [] };
    const members = wasListed ? undefined : this.members();
    return members === undefined
      ? { ...change, joins, leaves }
      : { ...change, members, joins: [], leaves: [] };
  }

  /** Cancels the grace periods that run. */
  close(): void {
    for (const entry of this.#entries.values()) entry.grace?.cancel();
  }
}
