import type { Room } from "@fanfare/client";
import type { ChatItem } from "./chat-item.ts";
import { ItemView } from "./item-view.tsx";

export interface ChunkViewProps {
  readonly room: Room;
  readonly items: readonly ChatItem[];
  /** Which of them stand here. */
  readonly begin: number;
  readonly end: number;
  /** The first that the list has. */
  readonly first: number;
  /** How many the list has; -1 where that is not known. */
  readonly size: number;
  readonly user: string;
  /** The first that one has not read. */
  readonly newIndex: number | undefined;
  /** Who came and went, under the key of what stands before. */
  readonly lines: ReadonlyMap<string, string>;
}

/** A few lines of a room, of which the list has one chunk after the other. */
export function ChunkView({ room, items, begin, end, first, size, user, newIndex, lines }: ChunkViewProps) {
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
          isFirstNew={index === newIndex}
          isLast={index === items.length - 1}
          presence={lines.get(item.key)}
        />
      </div>
    );
  });
}
