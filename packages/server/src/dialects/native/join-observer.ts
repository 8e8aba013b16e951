import type { ErrorFrame, JoinReply, LeftFrame, LiveFrame, Refusal, ResetFrame } from "@fanfare/protocol";
import type { ClientSocket } from "../../hub/ports.ts";
import type { Presence } from "../../hub/presence.ts";
import type { JoinObserver, Reset } from "../../hub/replay.ts";
import { encodePresence } from "./encoder.ts";
import { errorFields, errorFrame } from "./replies.ts";

/** Sends a native client the result of its join (SPEC JOIN-1, JOIN-2). */
export class NativeJoinObserver implements JoinObserver {
  constructor(
    private readonly room: string,
    private readonly ref: number,
    private readonly presence: boolean,
    private readonly socket: ClientSocket,
    private readonly reply: (
      frame: JoinReply | LiveFrame | ResetFrame | ErrorFrame | LeftFrame | string,
    ) => void,
    /** Sends what waits: replays go past the frame batcher. */
    private readonly flush: () => void,
    /** Shows it to the other members, if it joined with presence. */
    private readonly enter: () => void,
    private readonly leave: () => void,
  ) {}

  joined({ epoch, offset }: { readonly epoch: string; readonly offset: number }): void {
    this.reply({ op: "ok", ref: this.ref, room: this.room, epoch, offset });
  }

  replay(frames: readonly string[]): void {
    this.flush();
    for (const frame of frames) this.socket.send(frame);
  }

  reset({ reason, epoch, oldest, newest }: Reset): void {
    this.reply({ op: "reset", room: this.room, reason, epoch, oldest, newest });
  }

  live(offset: number, presence: Presence | undefined): void {
    this.enter();
    if (this.presence && presence !== undefined) {
      const members = presence.members();
      const { count } = presence;
      this.reply(encodePresence(this.room, members === undefined ? { count } : { members, count }));
    }
    this.reply({ op: "live", room: this.room, offset });
  }

  refused(refusal: Refusal): void {
    this.reply(errorFrame(refusal, this.ref));
  }

  /** The connection and its other rooms go on (SPEC GAP-4). */
  unreadable(refusal: Refusal): void {
    this.leave();
    this.reply({ op: "left", room: this.room, ...errorFields(refusal) });
    this.flush();
  }
}
