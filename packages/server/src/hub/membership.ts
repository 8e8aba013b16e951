import type { Connection } from "./connection.ts";
import type { Replay } from "./replay.ts";
import type { Room } from "./room.ts";
import type { Encoder } from "./update.ts";

/** One connection in one room: first it catches up, then it is live. */
export class Membership {
  /** Let go of once the member is live: most members are, most of the time. */
  #replay: Replay | undefined;
  #ended = false;
  /** Whether an `enter` was put in for it. */
  entered = false;

  constructor(
    readonly connection: Connection,
    readonly room: Room,
    readonly encoder: Encoder,
    /** Whether it is seen by others. */
    readonly visible: boolean,
    replay: Replay,
  ) {
    this.#replay = replay;
  }

  get live(): boolean {
    return this.#replay === undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The room is open: its epoch and head are known. */
  begin(): void {
    if (!this.connection.closed) this.#replay?.begin(this);
  }

  /** It has caught up with the room's head in this very step. */
  welcome(): void {
    this.#replay = undefined;
    this.room.welcome(this);
  }

  end(): void {
    this.#ended = true;
  }
}
