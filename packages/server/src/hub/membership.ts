import type { CatchUp } from "./catch-up.ts";
import type { Connection } from "./connection.ts";
import type { Room } from "./room.ts";
import type { Encoder } from "./update.ts";

/** One connection in one room: first it catches up, then it is live. */
export class Membership {
  /** Let go of once the member is live: most members are, most of the time. */
  #catchUp: CatchUp | undefined;
  #ended = false;
  /** Whether an `enter` was put in for it. */
  entered = false;

  constructor(
    readonly connection: Connection,
    readonly room: Room,
    readonly encoder: Encoder,
    /** Whether it is seen by others. */
    readonly visible: boolean,
    catchUp: CatchUp,
  ) {
    this.#catchUp = catchUp;
  }

  get live(): boolean {
    return this.#catchUp === undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The room is open: its epoch and head are known. */
  begin(): void {
    if (!this.connection.closed) this.#catchUp?.begin(this);
  }

  /** It has caught up with the room's head in this very step. */
  welcome(): void {
    this.#catchUp = undefined;
    this.room.welcome(this);
  }

  end(): void {
    this.#ended = true;
  }
}
