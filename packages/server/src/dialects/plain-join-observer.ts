import { CLOSE } from "@fanfare/protocol";
import type { ClientSocket } from "../hub/ports.ts";
import type { Presence } from "../hub/presence.ts";
import type { JoinObserver } from "../hub/replay.ts";

/** Follows a join for a dialect whose wire has frames for messages alone. */
export class PlainJoinObserver implements JoinObserver {
  constructor(protected readonly socket: ClientSocket) {}

  joined(): void {}

  replay(frames: readonly string[]): void {
    for (const frame of frames) this.socket.send(frame);
  }

  /** The wire has no frame for it: what the log still has follows. */
  reset(): void {}

  live(_offset: number, _presence: Presence | undefined): void {}

  refused(): void {
    this.unreadable();
  }

  unreadable(): void {
    this.socket.close(CLOSE.tryLater.code, "the log cannot be read right now; try again");
  }
}
