/** Which nodes tail which rooms. */
import type { Seat } from "./seat.ts";

const NOBODY: ReadonlySet<Seat> = new Set();

export class Interest {
  readonly #seats = new Map<string, Set<Seat>>();
  readonly #rooms = new Map<Seat, Set<string>>();

  in(room: string): ReadonlySet<Seat> {
    return this.#seats.get(room) ?? NOBODY;
  }

  add(seat: Seat, room: string): void {
    this.#seats.set(room, (this.#seats.get(room) ?? new Set<Seat>()).add(seat));
    this.#rooms.set(seat, (this.#rooms.get(seat) ?? new Set<string>()).add(room));
  }

  remove(seat: Seat, room: string): void {
    const seats = this.#seats.get(room);
    seats?.delete(seat);
    if (seats?.size === 0) this.#seats.delete(room);
    const rooms = this.#rooms.get(seat);
    rooms?.delete(room);
    if (rooms?.size === 0) this.#rooms.delete(seat);
  }

  removeAll(seat: Seat): void {
    for (const room of [...(this.#rooms.get(seat) ?? [])]) this.remove(seat, room);
  }
}
