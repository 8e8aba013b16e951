/** Who is present in which room, and through which node. Rooms without attendees cost nothing. */
import type { Attendee } from "../engine.ts";
import type { Seat } from "./seat.ts";

interface Entry {
  readonly room: string;
  readonly seat: Seat;
  readonly attendee: Attendee;
}

export class Attendance {
  /** Room → key → entry, in order of arrival. */
  readonly #rooms = new Map<string, Map<string, Entry>>();
  readonly #seats = new Map<Seat, Set<Entry>>();

  of(room: string): Attendee[] {
    const entries = this.#rooms.get(room);
    return entries === undefined ? [] : [...entries.values()].map((entry) => entry.attendee);
  }

  /** A key that is in the room already keeps its place. */
  enter(seat: Seat, room: string, attendee: Attendee): void {
    const entries = this.#rooms.get(room) ?? new Map<string, Entry>();
    this.#rooms.set(room, entries);
    const before = entries.get(attendee.key);
    if (before !== undefined) this.#seats.get(before.seat)?.delete(before);
    const entry = { room, seat, attendee };
    entries.set(attendee.key, entry);
    const own = this.#seats.get(seat) ?? new Set<Entry>();
    this.#seats.set(seat, own.add(entry));
  }

  /** @returns false if the node has no such attendee there. */
  leave(seat: Seat, room: string, key: string): boolean {
    const entry = this.#rooms.get(room)?.get(key);
    if (entry === undefined || entry.seat !== seat) return false;
    this.#remove(entry);
    return true;
  }

  /** Takes out all of a node's attendees, and says who they were. */
  takeOut(seat: Seat): Entry[] {
    const entries = [...(this.#seats.get(seat) ?? [])];
    for (const entry of entries) this.#remove(entry);
    return entries;
  }

  #remove(entry: Entry): void {
    const entries = this.#rooms.get(entry.room);
    entries?.delete(entry.attendee.key);
    if (entries?.size === 0) this.#rooms.delete(entry.room);
    const own = this.#seats.get(entry.seat);
    own?.delete(entry);
    if (own?.size === 0) this.#seats.delete(entry.seat);
  }
}
