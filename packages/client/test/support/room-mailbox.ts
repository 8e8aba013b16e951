import type { AnyMessages, RoomMessage } from "@fanfare/client";
import { Mailbox } from "@fanfare/testing/mailbox";

/** A message of any type. */
export type AnyMessage = RoomMessage<AnyMessages>;

/** Collects the messages that a room, or a pattern, emits from now on. */
export function roomMailbox(room: {
  readonly name: string;
  on(event: "message", listener: (message: AnyMessage) => void): () => void;
}): Mailbox<AnyMessage> {
  const inbox = new Mailbox<AnyMessage>(room.name);
  room.on("message", (message) => inbox.push(message));
  return inbox;
}
