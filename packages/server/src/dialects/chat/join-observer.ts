import { LIMITS } from "@fanfare/protocol";
import type { ClientSocket } from "../../hub/ports.ts";
import type { Room } from "../../hub/room.ts";
import { PlainJoinObserver } from "../plain-join-observer.ts";
import type { ChatEncoder } from "./encoder.ts";

/** Follows a chat room; told at once where it is too crowded for names (SPEC CHAT-7). */
export class ChatJoinObserver extends PlainJoinObserver {
  constructor(
    socket: ClientSocket,
    private readonly encoder: ChatEncoder,
    /** Whether it may know who is there. */
    private readonly people: boolean,
    /** It is in the room from now on. */
    private readonly arrived: () => void,
  ) {
    super(socket);
  }

  override live(_offset: number, room: Room): void {
    if (this.people && room.attending > LIMITS.membersListed) this.socket.send(this.encoder.crowd());
    this.arrived();
  }
}
