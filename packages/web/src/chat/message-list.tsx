import type { Room } from "@fanfare/client";
import { useMessages } from "@fanfare/client/react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Button, ScrollRegion } from "../design/index.ts";
import { type ChatItem, offsetOf } from "./chat-item.ts";
import { ItemView } from "./item-view.tsx";
import { ListTop } from "./list-top.tsx";
import type { PresenceLines } from "./presence-lines.ts";
import { useStore } from "./store.ts";

/** Pixels from the end within which one still reads the newest. */
const AT_END = 48;
/** Room above the oldest message, for what stands there. */
const TOP = 96;
/** The page before is asked for when so few rows are left above. */
const AHEAD = 25;

export interface MessageListHandle {
  toEnd(): void;
  focusLast(): void;
}

export interface MessageListProps {
  readonly room: Room;
  readonly title: string;
  readonly user: string;
  readonly presence: PresenceLines;
  /** Messages after this offset are new. */
  readonly readUpTo: number | undefined;
  readonly onReading: (isAtEnd: boolean) => void;
  /** Escape, or what one types: it belongs to the composer. */
  readonly onLeave: (why: "escape" | "typing") => void;
  readonly ref: Ref<MessageListHandle>;
}

/**
 * A room's messages, of which only those in sight are drawn, however many there are. Nothing that one reads moves,
 * whatever comes above or below; who reads the newest stays there.
 */
export function MessageList({
  room,
  title,
  user,
  presence,
  readUpTo,
  onReading,
  onLeave,
  ref,
}: MessageListProps) {
  const { items, hasMore, loading, loadMore } = useMessages(room);
  const lines = useStore(presence.lines);
  const scroller = useRef<HTMLElement>(null);
  const [isAtEnd, setAtEnd] = useState(false);
  const lastTop = useRef(0);
  /** Where one begins to read has been scrolled to: nothing may be put above it before. */
  const [isPlaced, setPlaced] = useState(false);
  const [loadFault, setLoadFault] = useState<string>();
  // What stands above it decides how a message is drawn (day, name). So the oldest waits until that is known.
  const first = hasMore ? 1 : 0;
  const count = Math.max(0, items.length - first);
  const itemAt = (index: number) => items[index + first];

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(itemAt(index)),
    getItemKey: (index) => itemAt(index)?.key ?? index,
    paddingStart: TOP,
    paddingEnd: 8,
    overscan: 10,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: AT_END,
    useFlushSync: true,
  });
  // What lies above may change its height at any time. On the way up even what comes into sight is measured only then,
  // and grows upwards: what one has read goes on from where it was.
  virtual.shouldAdjustScrollPositionOnItemSizeChange = (item, _, instance) => {
    const top = instance.scrollOffset ?? 0;
    if (instance.itemSizeCache.has(item.key)) return item.end <= top;
    const isUp = instance.scrollDirection === "backward";
    return item.start < (isUp ? top + (instance.scrollRect?.height ?? 0) : top);
  };

  const rows = virtual.getVirtualItems();
  const top = rows[0]?.index ?? 0;
  const loadOlder = () => {
    setLoadFault(undefined);
    loadMore().catch((error: unknown) =>
      setLoadFault(error instanceof Error ? error.message : "They could not be loaded."),
    );
  };
  useEffect(() => {
    if (isPlaced && hasMore && !loading && top < AHEAD && loadFault === undefined) loadOlder();
  });

  // What grows below does not lead away from the end; going up does.
  const follow = () => {
    const region = scroller.current;
    if (region === null) return;
    const left = region.scrollHeight - region.clientHeight - region.scrollTop;
    const isUp = region.scrollTop < lastTop.current - 1;
    lastTop.current = region.scrollTop;
    if (left <= AT_END) setAtEnd(true);
    else if (isUp) setAtEnd(false);
  };
  // Where little is there, nothing scrolls.
  useEffect(() => {
    if (!isAtEnd) follow();
  });
  const newIndex = useRef<number>(undefined);
  newIndex.current = findNew(items, readUpTo, first);
  const hasOpened = useRef(false);
  useLayoutEffect(() => {
    if (hasOpened.current || count === 0) return;
    hasOpened.current = true;
    if (newIndex.current === undefined) virtual.scrollToEnd();
    else virtual.scrollToIndex(newIndex.current - first, { align: "start" });
    afterFrames(3, () => setPlaced(true));
  });
  useEffect(() => onReading(isAtEnd), [isAtEnd, onReading]);

  const focusRow = (index: number) => {
    if (index < 0 || index >= count) return;
    virtual.scrollToIndex(index, { align: "auto" });
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
    });
  };
  useImperativeHandle(ref, () => ({
    toEnd: () => virtual.scrollToEnd(),
    focusLast: () => focusRow(count - 1),
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (!(target instanceof HTMLElement)) return;
    const row = target.closest<HTMLElement>("[data-index]");
    const index = row === null ? undefined : Number(row.dataset.index);
    if (key === "Escape") onLeave("escape");
    else if (key === "ArrowUp" && index !== undefined) focusRow(index - 1);
    else if (key === "ArrowDown" && index === count - 1) onLeave("typing");
    else if (key === "ArrowDown" && index !== undefined) focusRow(index + 1);
    else if (key === "End") virtual.scrollToEnd();
    else {
      const isText = key.length === 1 && key !== " " && key !== "?" && !ctrlKey && !metaKey && !altKey;
      if (isText) onLeave("typing"); // the key itself goes to where the focus is then
      return;
    }
    event.preventDefault();
  };

  const height = virtual.getTotalSize();
  const seen = virtual.scrollRect?.height ?? 0;
  const unread = countNew(items, readUpTo, user);
  return (
    <div className="relative min-h-0 flex-1">
      <ScrollRegion
        ref={scroller}
        label={`Messages in ${title}`}
        className="h-full [overflow-anchor:none]"
        onKeyDown={onKeyDown}
        onScroll={follow}
      >
        <div className="relative transition-none" style={{ height, marginTop: Math.max(0, seen - height) }}>
          <ListTop
            title={title}
            hasMore={hasMore}
            fault={loadFault}
            isTrimmed={(offsetOf(items[0]) ?? 1) > 1}
            onRetry={loadOlder}
          />
          <ol aria-label="Messages">
            {rows.map(({ key, index, start }) => {
              const item = itemAt(index);
              return (
                <li
                  key={key}
                  ref={virtual.measureElement}
                  data-index={index}
                  tabIndex={-1}
                  aria-posinset={index + 1}
                  aria-setsize={hasMore ? -1 : count}
                  className="group/item absolute inset-x-0 top-0 outline-offset-[-2px] transition-none"
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {item && (
                    <ItemView
                      room={room}
                      item={item}
                      before={items[index + first - 1]}
                      after={items[index + first + 1]}
                      user={user}
                      isFirstNew={index + first === newIndex.current}
                      isLast={index === count - 1}
                      presence={lines.get(item.key)}
                    />
                  )}
                </li>
              );
            })}
          </ol>
        </div>
      </ScrollRegion>
      {!isAtEnd && count > 0 && (
        <div role="status" className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            variant={unread > 0 ? "primary" : "secondary"}
            icon={ArrowDown}
            className="pointer-events-auto rounded-full shadow-popup"
            onClick={() => virtual.scrollToEnd()}
          >
            {unread > 0 ? inWords(unread) : "To the newest"}
          </Button>
        </div>
      )}
    </div>
  );
}

function afterFrames(count: number, work: () => void): void {
  if (count === 0) work();
  else requestAnimationFrame(() => afterFrames(count - 1, work));
}

function inWords(count: number): string {
  return count === 1 ? "1 new message" : `${count.toLocaleString()} new messages`;
}

/** Before it is measured: lines of text, about. */
function heightOf(item: ChatItem | undefined): number {
  if (item?.kind !== "message") return 48;
  const { data } = item.message;
  const text = typeof data === "object" && data !== null && "text" in data ? String(data.text) : "";
  return 30 + 21 * Math.floor(text.length / 110);
}

/** Where the new ones begin; offsets ascend. */
function findNew(
  items: readonly ChatItem[],
  readUpTo: number | undefined,
  first: number,
): number | undefined {
  if (readUpTo === undefined) return undefined;
  let found: number | undefined;
  for (let i = items.length - 1; i >= first; i--) {
    const offset = offsetOf(items[i]);
    if (offset === undefined) continue;
    if (offset <= readUpTo) return found;
    found = i;
  }
  return readUpTo === 0 ? found : undefined;
}

/** Messages of others that are new. */
function countNew(items: readonly ChatItem[], readUpTo: number | undefined, user: string): number {
  if (readUpTo === undefined) return 0;
  let count = 0;
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    const offset = offsetOf(item);
    if (offset !== undefined && offset <= readUpTo) return count;
    if (item?.kind === "message" && item.message.from !== user) count += 1;
  }
  return count;
}
