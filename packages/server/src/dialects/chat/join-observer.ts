import type { ClientSocket } from "../../hub/ports.ts";
import type { Presence } from "../../hub/presence.ts";
import { PlainJoinObserver } from "../plain-join-observer.ts";
import type { ChatEncoder } from "./encoder.ts";

/** Sends a chat client the result of its join; in a room past the listing bound the list is empty (SPEC CHAT-7). */
export class ChatJoinObserver extends PlainJoinObserver {
  constructor(
    socket: ClientSocket,
    private readonly encoder: ChatEncoder,
    /** Whether it may know who is there. */
    private readonly people: boolean,
    private readonly onLive: () => void,
  ) {
    super(socket);
  }

  override live(_offset: number, presence: Presence | undefined): void {
    const attending = presence?.attending ?? 0;
    if (this.people && !this.encoder.lists(attending)) this.socket.send(this.encoder.emptyList());
    this.onLive();
  }
}
