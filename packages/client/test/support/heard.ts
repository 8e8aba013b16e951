import type { AnyMessages, RoomMessage } from "@fanfare/client";
import { Mailbox } from "@fanfare/testing/mailbox";

/** A message of which nobody has said what is in it. */
export type AnyMessage = RoomMessage<AnyMessages>;

/** Everything that a listener of this room, or pattern, is told from now on. */
export function heard(room: {
  readonly name: string;
  on(event: "message", listener: (message: AnyMessage) => void): () => void;
}): Mailbox<AnyMessage> {
  const inbox = new Mailbox<AnyMessage>(room.name);
  room.on("message", (message) => inbox.push(message));
  return inbox;
}
