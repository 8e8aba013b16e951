import { LIMITS } from "@fanfare/protocol";
import type { Attendee } from "../engines/engine.ts";
import type { AttendanceUpdate } from "./update.ts";

/** The visible connections of a room over all nodes, in order of arrival. */
export class Attendance {
  readonly #attendees: Map<string, Attendee>;
  #left: Attendee[] = [];
  #entered: Attendee[] = [];
  #listed: boolean;

  constructor(attendees: readonly Attendee[]) {
    this.#attendees = new Map(attendees.map((attendee) => [attendee.key, attendee]));
    this.#listed = this.count <= LIMITS.membersListed;
  }

  get count(): number {
    return this.#attendees.size;
  }

  enter(attendee: Attendee): void {
    this.#attendees.set(attendee.key, attendee);
    this.#entered.push(attendee);
  }

  /** @returns who left, if it was known here. */
  leave(key: string): Attendee | undefined {
    const attendee = this.#attendees.get(key);
    if (attendee === undefined) return undefined;
    this.#attendees.delete(key);
    const unannounced = this.#entered.indexOf(attendee);
    if (unannounced >= 0) this.#entered.splice(unannounced, 1);
    else this.#left.push(attendee);
    return attendee;
  }

  /** What has changed since it was last asked, as one update. */
  take(): AttendanceUpdate | undefined {
    if (this.#left.length === 0 && this.#entered.length === 0) return undefined;
    const wasListed = this.#listed;
    this.#listed = this.count <= LIMITS.membersListed;
    const update: AttendanceUpdate = {
      kind: "attendance",
      wasListed,
      left: this.#left,
      entered: this.#entered,
      count: this.count,
      ...(this.#listed && { present: [...this.#attendees.values()] }),
    };
    this.#left = [];
    this.#entered = [];
    return update;
  }
}
