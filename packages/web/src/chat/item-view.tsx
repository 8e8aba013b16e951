import type { Room } from "@fanfare/client";
import { useCallback } from "react";
import { type ChatItem, isContinued, type Said, saidIn } from "./chat-item.ts";
import { MessageRow, ResetRow, Rule } from "./message-row.tsx";
import { dayOf, isSameDay } from "./times.ts";

export interface ItemViewProps {
  readonly room: Room;
  readonly item: ChatItem;
  readonly before: ChatItem | undefined;
  readonly after: ChatItem | undefined;
  readonly user: string;
  /** The first that one has not read. */
  readonly isFirstNew: boolean;
  readonly isLast: boolean;
  /** Who came and went after it. */
  readonly presence: string | undefined;
}

/** A line of a room with what stands around it: the day, where the new ones begin, who came and went. */
export function ItemView({ room, item, before, after, user, isFirstNew, isLast, presence }: ItemViewProps) {
  const { key } = item;
  const onRetry = useCallback(() => void room.retry(key), [room, key]);
  const onDiscard = useCallback(() => room.discard(key), [room, key]);
  const said = saidIn(item, user);
  const above = before && saidIn(before, user);
  return (
    <>
      {said && (above === undefined || !isSameDay(above.at, said.at)) && <Rule>{dayOf(said.at)}</Rule>}
      {isFirstNew && <Rule tone="accent">New</Rule>}
      {said && (
        <MessageRow
          said={said}
          continued={isContinuedHere(above, said, isFirstNew)}
          confirmed={isLast && said.isOwn && said.standing === "kept"}
          onRetry={onRetry}
          onDiscard={onDiscard}
        />
      )}
      {item.kind === "reset" && (
        <ResetRow reset={item.reset} after={above?.at} before={after && saidIn(after, user)?.at} />
      )}
      {presence !== undefined && (
        <p className="px-5 py-1 pl-16 text-sm break-words text-muted max-md:px-4 max-md:pl-15">{presence}</p>
      )}
    </>
  );
}

function isContinuedHere(above: Said | undefined, said: Said, isFirstNew: boolean): boolean {
  return !isFirstNew && isContinued(above, said) && above !== undefined && isSameDay(above.at, said.at);
}
