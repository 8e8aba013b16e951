import { LIMITS } from "@fanfare/protocol";
import type { Link } from "../../hub/ports.ts";
import type { Room } from "../../hub/room.ts";
import { PlainFollower } from "../plain-follower.ts";
import type { ChatEncoder } from "./encoder.ts";

/** Follows a chat room; told at once where it is too crowded for names (SPEC CHAT-7). */
export class ChatFollower extends PlainFollower {
  constructor(
    link: Link,
    private readonly encoder: ChatEncoder,
    /** Whether it may know who is there. */
    private readonly people: boolean,
    /** It is in the room from now on. */
    private readonly arrived: () => void,
  ) {
    super(link);
  }

  override live(_offset: number, room: Room): void {
    if (this.people && room.attending > LIMITS.membersListed) this.link.send(this.encoder.crowd());
    this.arrived();
  }
}
