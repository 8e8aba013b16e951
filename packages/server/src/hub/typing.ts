import type { RoomEvent } from "../engines/engine.ts";
import type { Clock, Timer } from "./ports.ts";

/** Type of the event that a user is typing; its data `false` means that they stopped (SPEC EVENT-3). */
export const TYPING = "typing";

interface Typist {
  /** The connection on which they typed last. */
  readonly connection: string;
  readonly timer: Timer;
}

/** The users on this node who are typing in a room. A user who sends no further event, or leaves, has stopped. */
export class Typing {
  /** By user. */
  readonly #typists = new Map<string, Typist>();

  constructor(
    private readonly clock: Clock,
    private readonly expiryMs: number,
    private readonly relay: (event: RoomEvent) => void,
  ) {}

  /** Notes a typing event that is being relayed. */
  record({ from, data }: RoomEvent, connection: string): void {
    this.#typists.get(from)?.timer.cancel();
    if (data === "false") this.#typists.delete(from);
    else
      this.#typists.set(from, { connection, timer: this.clock.after(this.expiryMs, () => this.#stop(from)) });
  }

  /** A connection leaves the room; another one of its user may be the one that types. */
  left(user: string, connection: string): void {
    if (this.#typists.get(user)?.connection === connection) this.#stop(user);
  }

  #stop(user: string): void {
    this.#typists.get(user)?.timer.cancel();
    this.#typists.delete(user);
    this.relay({ type: TYPING, from: user, data: "false" });
  }
}
