import { CLOSE } from "@fanfare/protocol";
import type { Follower } from "../hub/catch-up.ts";
import type { Link } from "../hub/ports.ts";
import type { Room } from "../hub/room.ts";

/** Follows a room for a dialect whose wire has frames for messages alone. */
export class PlainFollower implements Follower {
  constructor(protected readonly link: Link) {}

  joined(): void {}

  replay(frames: readonly string[]): void {
    for (const frame of frames) this.link.send(frame);
  }

  /** There is no frame that could say so: what can still be had follows. */
  reset(): void {}

  live(_offset: number, _room: Room): void {}

  unreadable(): void {
    this.link.close(CLOSE.tryLater.code, "the log cannot be read right now; try again");
  }
}
