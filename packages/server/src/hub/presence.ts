import { LIMITS, type Member } from "@fanfare/protocol";
import type { Attendee } from "../engines/engine.ts";
import type { Clock, Timer } from "./ports.ts";
import type { PresenceUpdate } from "./update.ts";

/** Once a room has grown past the listing bound, it must shrink to this share of it before it is listed again. */
const RELIST = 0.9;

interface Entry {
  readonly member: Member;
  connections: number;
  grace?: Timer;
}

/** Who is in a room: one entry per user, who leaves a grace period after the last connection (SPEC PRES-1, PRES-2). */
export class Presence {
  readonly #entries = new Map<string, Entry>();
  readonly #joins = new Map<string, Member>();
  readonly #leaves = new Set<string>();
  #listed: boolean;

  constructor(
    attendees: readonly Attendee[],
    private readonly clock: Clock,
    private readonly graceMs: number,
    /** Called when somebody's grace period has ended: `take` has something to tell. */
    private readonly changed: () => void,
  ) {
    for (const attendee of attendees) this.enter(attendee);
    this.#joins.clear();
    this.#listed = this.count <= LIMITS.membersListed;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** Everyone, or undefined past the listing bound. */
  members(): Member[] | undefined {
    return this.#listed ? [...this.#entries.values()].map((entry) => entry.member) : undefined;
  }

  enter({ user, since }: Attendee): void {
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

  leave({ user }: Attendee): void {
    const entry = this.#entries.get(user);
    if (entry === undefined || --entry.connections > 0) return;
    entry.grace = this.clock.after(this.graceMs, () => {
      this.#entries.delete(user);
      if (!this.#joins.delete(user)) this.#leaves.add(user);
      this.changed();
    });
  }

  /** What has changed since it was last asked, as one update. */
  take(): PresenceUpdate | undefined {
    if (this.#joins.size === 0 && this.#leaves.size === 0) return undefined;
    const joins = [...this.#joins.values()];
    const leaves = [...this.#leaves];
    this.#joins.clear();
    this.#leaves.clear();
    const wasListed = this.#listed;
    this.#listed = this.count <= LIMITS.membersListed * (wasListed ? 1 : RELIST);
    const change = { kind: "presence", count: this.count } as const;
    if (!this.#listed) return { ...change, joins: [], leaves: [] };
    const members = wasListed ? undefined : this.members();
    return members === undefined
      ? { ...change, joins, leaves }
      : { ...change, members, joins: [], leaves: [] };
  }

  /** Forgets every grace period under way. */
  close(): void {
    for (const entry of this.#entries.values()) entry.grace?.cancel();
  }
}
