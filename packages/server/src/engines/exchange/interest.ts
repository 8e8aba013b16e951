/** Which nodes tail which rooms, and which watch which patterns. */
import { PatternIndex } from "../pattern-index.ts";
import type { Seat } from "./seat.ts";

const NOBODY: ReadonlySet<Seat> = new Set();

export class Interest {
  readonly #seats = new Map<string, Set<Seat>>();
  readonly #watchers = new PatternIndex<Set<Seat>>();
  /** Rooms and patterns. */
  readonly #names = new Map<Seat, { readonly rooms: Set<string>; readonly patterns: Set<string> }>();

  /** Who tails the room: is told of everything. */
  in(room: string): ReadonlySet<Seat> {
    return this.#seats.get(room) ?? NOBODY;
  }

  /** Who is told of the room's messages and events: each once, however many of its interests match. */
  hearing(room: string): ReadonlySet<Seat> {
    const tailing = this.in(room);
    if (this.#watchers.size === 0) return tailing;
    let all: Set<Seat> | undefined;
    for (const watching of this.#watchers.matching(room)) {
      all ??= new Set(tailing);
      for (const seat of watching) all.add(seat);
    }
    return all ?? tailing;
  }

  add(seat: Seat, room: string): void {
    this.#seats.set(room, (this.#seats.get(room) ?? new Set<Seat>()).add(seat));
    this.#of(seat).rooms.add(room);
  }

  remove(seat: Seat, room: string): void {
    const seats = this.#seats.get(room);
    seats?.delete(seat);
    if (seats?.size === 0) this.#seats.delete(room);
    this.#names.get(seat)?.rooms.delete(room);
  }

  watch(seat: Seat, pattern: string): void {
    this.#watchers.set(pattern, (this.#watchers.get(pattern) ?? new Set<Seat>()).add(seat));
    this.#of(seat).patterns.add(pattern);
  }

  unwatch(seat: Seat, pattern: string): void {
    const seats = this.#watchers.get(pattern);
    seats?.delete(seat);
    if (seats?.size === 0) this.#watchers.delete(pattern);
    this.#names.get(seat)?.patterns.delete(pattern);
  }

  removeAll(seat: Seat): void {
    const names = this.#names.get(seat);
    if (names === undefined) return;
    for (const room of [...names.rooms]) this.remove(seat, room);
    for (const pattern of [...names.patterns]) this.unwatch(seat, pattern);
    this.#names.delete(seat);
  }

  #of(seat: Seat) {
    let names = this.#names.get(seat);
    if (names === undefined) {
      names = { rooms: new Set(), patterns: new Set() };
      this.#names.set(seat, names);
    }
    return names;
  }
}
