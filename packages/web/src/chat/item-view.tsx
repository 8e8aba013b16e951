import type { Room } from "@fanfare/client";
import { useCallback } from "react";
import { type ChatItem, type ChatMessage, isGrouped, messageOf } from "./chat-message.ts";
import { Divider, MessageRow, ResetRow } from "./message-row.tsx";
import { dayOf, isSameDay } from "./times.ts";

export interface ItemViewProps {
  readonly room: Room;
  readonly item: ChatItem;
  readonly before: ChatItem | undefined;
  readonly after: ChatItem | undefined;
  readonly user: string;
  /** The first unread message. */
  readonly isFirstUnread: boolean;
  readonly isLast: boolean;
  /** Joins and leaves after it. */
  readonly presence: string | undefined;
}

/** An item of the message list with its surroundings: the day, the line "New", joins and leaves. */
export function ItemView({
  room,
  item,
  before,
  after,
  user,
  isFirstUnread,
  isLast,
  presence,
}: ItemViewProps) {
  const { key } = item;
  const onRetry = useCallback(() => void room.retry(key), [room, key]);
  const onDiscard = useCallback(() => room.discard(key), [room, key]);
  const message = messageOf(item, user);
  const above = before && messageOf(before, user);
  return (
    <>
      {message && (above === undefined || !isSameDay(above.at, message.at)) && (
        <Divider>{dayOf(message.at)}</Divider>
      )}
      {isFirstUnread && <Divider tone="accent">New</Divider>}
      {message && (
        <MessageRow
          message={message}
          grouped={isGroupedHere(above, message, isFirstUnread)}
          confirmed={isLast && message.isOwn && message.status === "stored"}
          onRetry={onRetry}
          onDiscard={onDiscard}
        />
      )}
      {item.kind === "reset" && (
        <ResetRow reset={item.reset} after={above?.at} before={after && messageOf(after, user)?.at} />
      )}
      {presence !== undefined && (
        <p className="px-5 py-1 pl-16 text-sm break-words text-muted max-md:px-4 max-md:pl-15">{presence}</p>
      )}
    </>
  );
}

function isGroupedHere(
  above: ChatMessage | undefined,
  message: ChatMessage,
  isFirstUnread: boolean,
): boolean {
  return (
    !isFirstUnread && isGrouped(above, message) && above !== undefined && isSameDay(above.at, message.at)
  );
}
