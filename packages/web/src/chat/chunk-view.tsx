import type { Room } from "@fanfare/client";
import type { ChatItem } from "./chat-message.ts";
import { ItemView } from "./item-view.tsx";

export interface ChunkViewProps {
  readonly room: Room;
  readonly items: readonly ChatItem[];
  /** The range of items that this chunk shows. */
  readonly begin: number;
  readonly end: number;
  /** The first item of the list. */
  readonly first: number;
  /** Items in the list; -1 while older ones are not loaded. */
  readonly size: number;
  readonly user: string;
  /** The first unread item. */
  readonly unreadIndex: number | undefined;
  /** Joins and leaves, by the key of the item before them. */
  readonly lines: ReadonlyMap<string, string>;
}

/** A chunk of the message list: a few rows that are drawn and measured together. */
export function ChunkView({
  room,
  items,
  begin,
  end,
  first,
  size,
  user,
  unreadIndex,
  lines,
}: ChunkViewProps) {
  return items.slice(begin, end).map((item, place) => {
    const index = begin + place;
    return (
      // biome-ignore lint/a11y/useSemanticElements: as the list.
      <div
        key={item.key}
        role="listitem"
        tabIndex={-1}
        data-row={index}
        aria-posinset={index - first + 1}
        aria-setsize={size}
        className="group/item -outline-offset-2"
      >
        <ItemView
          room={room}
          item={item}
          before={items[index - 1]}
          after={items[index + 1]}
          user={user}
          isFirstUnread={index === unreadIndex}
          isLast={index === items.length - 1}
          presence={lines.get(item.key)}
        />
      </div>
    );
  });
}
