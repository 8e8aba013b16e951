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
import { offsetOf } from "./chat-item.ts";
import { ChunkView } from "./chunk-view.tsx";
import { chunkAt, chunksOf, heightOf } from "./chunks.ts";
import { ListTop } from "./list-top.tsx";
import { countNew, firstNew } from "./news.ts";
import type { PresenceLines } from "./presence-lines.ts";
import { ToNewest } from "./to-newest.tsx";

/** Pixels from the end within which one still reads the newest. */
const AT_END = 48;
/** Room above the oldest message, for what stands there. */
const TOP = 96;
/** The page before is asked for when so few chunks are left above. */
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
  /** Whether one may read what was said before. */
  readonly hasPast: boolean;
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
  hasPast,
  readUpTo,
  onReading,
  onLeave,
  ref,
}: MessageListProps) {
  const { items, hasMore: isCut, loading, loadMore } = useMessages(room);
  const hasMore = isCut && hasPast;
  const lines = useStore(presence.lines);
  const scroller = useRef<HTMLElement>(null);
  const [isAtEnd, setAtEnd] = useState(false);
  const lastTop = useRef(0);
  /** Where one begins to read has been scrolled to: nothing may be put above it before. */
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
  // What lies above may change its height at any time. What is measured for the first time grows upwards where
  // something below it in sight has been measured before: that is what one reads, and it stays where it is.
  virtual.shouldAdjustScrollPositionOnItemSizeChange = (item, _, instance) => {
    const top = instance.scrollOffset ?? 0;
    if (instance.itemSizeCache.has(item.key)) return item.end <= top;
    return item.start < top || isReadBelow(instance, item.index);
  };

  const shown = virtual.getVirtualItems();
  const top = shown[0]?.index ?? 0;
  const loadOlder = () => {
    setLoadFault(undefined);
    loadMore().catch((error: unknown) =>
      setLoadFault(error instanceof Error ? error.message : "They could not be loaded."),
    );
  };
  useEffect(() => {
    const isNear = top < AHEAD && (isPlaced || chunks.length === 0);
    if (isNear && hasMore && !loading && loadFault === undefined) loadOlder();
  });

  // What grows below does not lead away from the end; going up does, before anything is drawn.
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
  // Where little is there, nothing scrolls.
  useEffect(() => {
    if (!isAtEnd) follow();
  });
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  // A banner or a longer draft takes some of the height: the list is put anew, and who reads the newest stays there.
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
  // What was measured at the end makes the list longer when it is drawn, which may be after it was scrolled there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is what has changed.
  useLayoutEffect(() => {
    const region = scroller.current;
    if (region === null || !isFollowing.current || region.scrollTop < lastTop.current - 1) return;
    virtual.scrollToEnd();
    lastTop.current = region.scrollTop; // the browser tells of it a frame later
  }, [height, virtual]);
  const newIndex = firstNew(items, readUpTo);
  const hasOpened = useRef(false);
  useLayoutEffect(() => {
    if (hasOpened.current || chunks.length === 0) return;
    hasOpened.current = true;
    if (newIndex === undefined) virtual.scrollToEnd();
    else virtual.scrollToIndex(Math.max(0, chunkAt(chunks, newIndex)), { align: "start" });
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
      if (isText) onLeave("typing"); // the key itself goes to where the focus is then
      return;
    }
    event.preventDefault();
  };

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
        <div className="relative" style={{ height, marginTop: Math.max(0, seen - height) }}>
          <ListTop
            title={title}
            hasMore={hasMore}
            hasPast={hasPast}
            fault={loadFault}
            isTrimmed={(offsetOf(items[0]) ?? 1) > 1}
            onRetry={loadOlder}
          />
          {/* biome-ignore lint/a11y/useSemanticElements: between a list and its lines stand the chunks. */}
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
                  newIndex={newIndex}
                  lines={lines}
                />
              </div>
            ))}
          </div>
        </div>
      </ScrollRegion>
      {!isAtEnd && chunks.length > 0 && <ToNewest unread={unread} onSelect={() => virtual.scrollToEnd()} />}
    </div>
  );
}

/** Whether a chunk below this one is in sight, and as high as it seems. */
function isReadBelow(virtual: Virtualizer<HTMLElement, Element>, index: number): boolean {
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
