import type { Attendee } from "../../engines/engine.ts";

/** What changed in a room since the last `drainChanges`. */
export interface RosterChange {
  readonly left: readonly Attendee[];
  readonly entered: readonly Attendee[];
  /** Whether the roster was within the listing bound before. */
  readonly wasListed: boolean;
  /** Everyone now, in order of arrival; left out past the listing bound. */
  readonly present?: readonly Attendee[];
}

/** The visible connections of a room, in order of arrival, for clients that are shown each of them. */
export class Roster {
  /** By key. */
  readonly #present: Map<string, Attendee>;
  #left: Attendee[] = [];
  #entered: Attendee[] = [];
  #listed: boolean;

  constructor(
    attendees: Iterable<Attendee>,
    /** Connections past which they are not listed. */
    private readonly membersListed: number,
  ) {
    this.#present = new Map(Array.from(attendees, (attendee) => [attendee.key, attendee]));
    this.#listed = this.#isListable();
  }

  enter(attendee: Attendee): void {
    this.#present.set(attendee.key, attendee);
    this.#entered.push(attendee);
  }

  leave(attendee: Attendee): void {
    this.#present.delete(attendee.key);
    const unannounced = this.#entered.findIndex(({ key }) => key === attendee.key);
    if (unannounced >= 0) this.#entered.splice(unannounced, 1);
    else this.#left.push(attendee);
  }

  /** @returns undefined where nothing has changed since the last call */
  drainChanges(): RosterChange | undefined {
    if (this.#left.length === 0 && this.#entered.length === 0) return undefined;
    const wasListed = this.#listed;
    this.#listed = this.#isListable();
    const change: RosterChange = {
      wasListed,
      left: this.#left,
      entered: this.#entered,
      ...(this.#listed && { present: [...this.#present.values()] }),
    };
    this.#left = [];
    this.#entered = [];
    return change;
  }

  #isListable(): boolean {
    return this.#present.size <= this.membersListed;
  }
}
