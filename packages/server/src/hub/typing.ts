import type { RoomEvent } from "../engines/engine.ts";
import type { Clock, Timer } from "./ports.ts";

/** The event type by which a user says that they are typing: data `false` says that they stopped (SPEC EVENT-3). */
export const TYPING = "typing";

/** Who on this node types in a room. A user who goes quiet, or goes, has stopped. */
export class Typing {
  readonly #timers = new Map<string, Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly expiryMs: number,
    private readonly relay: (event: RoomEvent) => void,
  ) {}

  /** Takes note of a typing event that is being relayed. */
  heard(event: RoomEvent): void {
    this.#timers.get(event.from)?.cancel();
    if (event.data === "false") this.#timers.delete(event.from);
    else
      this.#timers.set(
        event.from,
        this.clock.after(this.expiryMs, () => this.stop(event.from)),
      );
  }

  stop(user: string): void {
    const timer = this.#timers.get(user);
    if (timer === undefined) return;
    timer.cancel();
    this.#timers.delete(user);
    this.relay({ type: TYPING, from: user, data: "false" });
  }
}
