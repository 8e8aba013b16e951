import type { Room } from "@fanfare/client";
import { useMessages } from "@fanfare/client/react";
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "react";
import { ScrollRegion } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import { offsetOf } from "./chat-message.ts";
import { ChunkView } from "./chunk-view.tsx";
import { chunkAt, chunksOf, heightOf } from "./chunks.ts";
import { JumpToNewest } from "./jump-to-newest.tsx";
import { ListTop } from "./list-top.tsx";
import type { PresenceLines } from "./presence-lines.ts";
import { countUnread, firstUnread } from "./unread.ts";

/** Pixels from the end within which the user counts as reading the end. */
const AT_END = 48;
/** Pixels above the oldest message, for `ListTop`. */
const TOP = 96;
/** Older messages are loaded when so few chunks are left above. */
const AHEAD = 4;

export interface MessageListHandle {
  toEnd(): void;
  focusLast(): void;
}

export interface MessageListProps {
  readonly room: Room;
  readonly title: string;
  readonly user: string;
  readonly presence: PresenceLines;
  /** Whether the user may read older messages. */
  readonly hasHistory: boolean;
  /** Messages after this offset are unread. */
  readonly readUpTo: number | undefined;
  readonly onReading: (isAtEnd: boolean) => void;
  /** The user pressed Escape or typed a character, which belongs to the composer. */
  readonly onLeave: (why: "escape" | "typing") => void;
  readonly ref: Ref<MessageListHandle>;
}

/**
 * The messages of a room, of which only the visible ones are drawn. The visible messages do not move when others are
 * added above or below. A user who reads the end stays at the end.
 */
export function MessageList({
  room,
  title,
  user,
  presence,
  hasHistory,
  readUpTo,
  onReading,
  onLeave,
  ref,
}: MessageListProps) {
  const { items, hasMore: isCut, loading, loadMore } = useMessages(room);
  const hasMore = isCut && hasHistory;
  const lines = useStore(presence.lines);
  const scroller = useRef<HTMLElement>(null);
  const [isAtEnd, setAtEnd] = useState(false);
  const lastTop = useRef(0);
  /** The list was scrolled to its first position; older messages may be loaded from then on. */
  const [isPlaced, setPlaced] = useState(false);
  const [loadFault, setLoadFault] = useState<string>();
  const chunks = useMemo(() => chunksOf(items, hasMore), [items, hasMore]);
  const first = chunks[0] ?? items.length;
  const virtual = useVirtualizer({
    count: chunks.length,
    getScrollElement: () => scroller.current,
    estimateSize: (chunk) => heightOf(items, chunks[chunk] ?? 0, chunks[chunk + 1] ?? items.length),
    getItemKey: (chunk) => items[chunks[chunk] ?? 0]?.key ?? chunk,
    paddingStart: TOP,
    paddingEnd: 8,
    overscan: 2,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: AT_END,
  });
  // A chunk above the viewport may change its height at any time. A chunk that is measured for the first time grows
  // upwards if a visible chunk below it has been measured before, so that the text that the user reads does not move.
  virtual.shouldAdjustScrollPositionOnItemSizeChange = (item, _, instance) => {
    const top = instance.scrollOffset ?? 0;
    if (instance.itemSizeCache.has(item.key)) return item.end <= top;
    return item.start < top || hasMeasuredBelow(instance, item.index);
  };

  const shown = virtual.getVirtualItems();
  const top = shown[0]?.index ?? 0;
  const loadOlder = () => {
    setLoadFault(undefined);
    loadMore().catch((error: unknown) =>
      setLoadFault(error instanceof Error ? error.message : "They couldn't be loaded."),
    );
  };
  useEffect(() => {
    const isNear = top < AHEAD && (isPlaced || chunks.length === 0);
    if (isNear && hasMore && !loading && loadFault === undefined) loadOlder();
  });

  // The user leaves the end by scrolling up, not by messages that are added below.
  const isFollowing = useRef(false);
  const follow = () => {
    const region = scroller.current;
    if (region === null) return;
    const left = region.scrollHeight - region.clientHeight - region.scrollTop;
    const isUp = region.scrollTop < lastTop.current - 1;
    lastTop.current = region.scrollTop;
    if (left <= AT_END) isFollowing.current = true;
    else if (isUp) isFollowing.current = false;
    setAtEnd(isFollowing.current);
  };
  // A short list does not scroll.
  useEffect(() => {
    if (!isAtEnd) follow();
  });
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  // A banner or a longer draft changes the height: the list is laid out again, and stays at the end if it was there.
  useEffect(() => {
    const region = scroller.current;
    if (region === null) return;
    const observer = new ResizeObserver(() => {
      redraw();
      if (isFollowing.current) virtual.scrollToEnd();
    });
    observer.observe(region);
    return () => observer.disconnect();
  }, [virtual]);
  const height = virtual.getTotalSize();
  // Chunks at the end are measured when they are drawn, so the list may grow after it was scrolled to its end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is what has changed.
  useLayoutEffect(() => {
    const region = scroller.current;
    if (region === null || !isFollowing.current || region.scrollTop < lastTop.current - 1) return;
    virtual.scrollToEnd();
    lastTop.current = region.scrollTop; // the browser sends the scroll event a frame later
  }, [height, virtual]);
  const unreadIndex = firstUnread(items, readUpTo);
  const hasOpened = useRef(false);
  useLayoutEffect(() => {
    if (hasOpened.current || chunks.length === 0) return;
    hasOpened.current = true;
    if (unreadIndex === undefined) virtual.scrollToEnd();
    else virtual.scrollToIndex(Math.max(0, chunkAt(chunks, unreadIndex)), { align: "start" });
    afterFrames(3, () => setPlaced(true));
  });
  useEffect(() => onReading(isAtEnd), [isAtEnd, onReading]);

  const focusRow = (index: number) => {
    if (index < first || index >= items.length) return;
    const row = () => scroller.current?.querySelector<HTMLElement>(`[data-row="${index}"]`);
    if (!row()) virtual.scrollToIndex(chunkAt(chunks, index), { align: "center" });
    requestAnimationFrame(() => {
      row()?.scrollIntoView({ block: "nearest" });
      row()?.focus({ preventScroll: true });
    });
  };
  useImperativeHandle(ref, () => ({
    toEnd: () => virtual.scrollToEnd(),
    focusLast: () => focusRow(items.length - 1),
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (!(target instanceof HTMLElement)) return;
    const row = target.closest<HTMLElement>("[data-row]");
    const index = row === null ? undefined : Number(row.dataset.row);
    if (key === "Escape") onLeave("escape");
    else if (key === "ArrowUp" && index !== undefined) focusRow(index - 1);
    else if (key === "ArrowDown" && index === items.length - 1) onLeave("typing");
    else if (key === "ArrowDown" && index !== undefined) focusRow(index + 1);
    else if (key === "End") virtual.scrollToEnd();
    else {
      const isText = key.length === 1 && key !== " " && key !== "?" && !ctrlKey && !metaKey && !altKey;
      if (isText) onLeave("typing"); // the browser delivers the key to the newly focused field
      return;
    }
    event.preventDefault();
  };

  const viewport = virtual.scrollRect?.height ?? 0;
  const unread = countUnread(items, readUpTo, user);
  return (
    <div className="relative min-h-0 flex-1">
      <ScrollRegion
        ref={scroller}
        label={`Messages in ${title}`}
        className="h-full [overflow-anchor:none]"
        onKeyDown={onKeyDown}
        onScroll={follow}
      >
        <div className="relative" style={{ height, marginTop: Math.max(0, viewport - height) }}>
          <ListTop
            title={title}
            hasMore={hasMore}
            hasHistory={hasHistory}
            fault={loadFault}
            isTrimmed={(offsetOf(items[0]) ?? 1) > 1}
            onRetry={loadOlder}
          />
          {/* biome-ignore lint/a11y/useSemanticElements: chunks stand between the list and its items. */}
          <div role="list" aria-label="Messages">
            {shown.map(({ key, index, start }) => (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <ChunkView
                  room={room}
                  items={items}
                  begin={chunks[index] ?? 0}
                  end={chunks[index + 1] ?? items.length}
                  first={first}
                  size={hasMore ? -1 : items.length}
                  user={user}
                  unreadIndex={unreadIndex}
                  lines={lines}
                />
              </div>
            ))}
          </div>
        </div>
      </ScrollRegion>
      {!isAtEnd && chunks.length > 0 && (
        <JumpToNewest unread={unread} onSelect={() => virtual.scrollToEnd()} />
      )}
    </div>
  );
}

/** Whether a visible chunk below this one has been measured. */
function hasMeasuredBelow(virtual: Virtualizer<HTMLElement, Element>, index: number): boolean {
  const last = virtual.range?.endIndex ?? index;
  for (let below = index + 1; below <= last; below++) {
    const key = virtual.options.getItemKey(below);
    if (virtual.itemSizeCache.has(key)) return true;
  }
  return false;
}

function afterFrames(count: number, work: () => void): void {
  if (count === 0) work();
  else requestAnimationFrame(() => afterFrames(count - 1, work));
}
