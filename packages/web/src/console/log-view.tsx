import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ChevronsUp, ScrollText } from "lucide-react";
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Button, EmptyState, notify, ScrollRegion } from "../design/index.ts";
import type { Draft } from "./draft.ts";
import { isFiltered, NO_FILTER } from "./filter.ts";
import type { Line } from "./line.ts";
import type { Log, LogView as View } from "./log.ts";
import { LogRow } from "./log-row.tsx";
import { useObserved } from "./observable.ts";
import type { Replay } from "./replay.ts";
import type { Subscribed } from "./subscribed.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { FILTER_FIELD } from "./toolbar.tsx";

/** Pixels from the end within which one still reads the newest. */
const AT_END = 32;
const NOWHERE = { scrollHeight: 0, scrollTop: 0, clientHeight: 0 };
const USUAL_HEIGHT = 27;
const USUAL_HEIGHT_NARROW = 53;
/** Of what stands above the oldest line. */
const HEAD = 44;

export interface LogViewProps {
  readonly log: Log;
  readonly view: View;
  readonly list: readonly Subscribed[];
  readonly subscriptions: Subscriptions;
  readonly replay: Replay;
  readonly onReplay: (room: string, offset: number) => void;
  readonly onReuse: (draft: Draft) => void;
}

const NARROW = matchMedia("(max-width: 767.9px)");
const watchNarrow = (changed: () => void) => {
  NARROW.addEventListener("change", changed);
  return () => NARROW.removeEventListener("change", changed);
};

/** The log, newest at the end; only what is in sight is drawn. It follows the end unless one reads further up. */
export function LogView({ log, view, list, subscriptions, replay, onReplay, onReuse }: LogViewProps) {
  const { lines } = view;
  const scroller = useRef<HTMLElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  /** The line that the arrow keys move from. */
  const [active, setActive] = useState<number>();
  const [wantsFocus, setWantsFocus] = useState(false);
  /** The newest line when one left the end; undefined while one is there. */
  const [left, setLeft] = useState<number>();
  const activeIndex = active === undefined ? -1 : indexOf(lines, active);
  const hasHead = view.isCut || subscriptions.earlier(view.filter.room).length > 0;
  const isNarrow = useSyncExternalStore(watchNarrow, () => NARROW.matches);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? USUAL_HEIGHT_NARROW : USUAL_HEIGHT),
    getItemKey: (index) => lines[index]?.seq ?? -index,
    paddingStart: hasHead ? HEAD : 0,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: AT_END,
    overscan: 12,
    // The line with the focus stays, however far one scrolls: else the keyboard would lose its place.
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      return activeIndex === -1 || inSight.includes(activeIndex)
        ? inSight
        : [...inSight, activeIndex].sort((a, b) => a - b);
    },
  });
  const unread = left === undefined ? 0 : lines.length - 1 - indexBefore(lines, left);
  const newest = useRef<number>(undefined);
  newest.current = lines.at(-1)?.seq;
  const lastTop = useRef(0);
  // Only who scrolls up leaves the end: lines that come, or turn out larger than thought, do not take one away from it.
  const noteScroll = useCallback(() => {
    const { scrollHeight, scrollTop, clientHeight } = scroller.current ?? NOWHERE;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    const isUp = scrollTop < lastTop.current;
    lastTop.current = scrollTop;
    if (isAtEnd) setLeft(undefined);
    else if (isUp) setLeft((now) => now ?? newest.current);
  }, []);
  const toEnd = () => {
    setLeft(undefined);
    virtual.scrollToEnd();
  };
  const isEmpty = lines.length === 0;
  const content = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  follows.current = left === undefined;
  const totalSize = virtual.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever what is there has changed.
  useLayoutEffect(() => {
    if (follows.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [totalSize, newest.current]);
  // A banner or a longer form takes some of the height, a line is larger than thought: the end stays in sight.
  useEffect(() => {
    const element = scroller.current;
    if (isEmpty || element === null) return;
    const observer = new ResizeObserver(() => {
      if (follows.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    });
    observer.observe(element);
    if (content.current !== null) observer.observe(content.current);
    return () => observer.disconnect();
  }, [isEmpty]);
  // What is opened stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once it has been drawn.
  useEffect(noteScroll, [opened, noteScroll]);
  // Whoever asks for a replay wants to see it come.
  const replays = useObserved(replay.runs);
  useEffect(() => {
    if (replays === 0) return;
    setLeft(undefined);
    virtual.scrollToEnd();
  }, [replays, virtual]);
  const moveTo = (index: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (line === undefined) return;
    virtual.scrollToIndex(Math.max(0, Math.min(lines.length - 1, index)), { align: "auto" });
    setActive(line.seq);
    setWantsFocus(true);
  };
  const handleKey = (event: KeyboardEvent<HTMLElement>) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
    const isOnLine = target === event.currentTarget || target.dataset.line !== undefined;
    const last = virtual.getVirtualItems().at(-1)?.index ?? lines.length - 1;
    const move = {
      ArrowDown: () => moveTo(activeIndex === -1 ? last : activeIndex + 1),
      ArrowUp: () => moveTo(activeIndex === -1 ? last : activeIndex - 1),
      Home: () => moveTo(0),
      End: () => moveTo(lines.length - 1),
      "/": () => document.querySelector<HTMLElement>(`[data-field=${FILTER_FIELD}] input`)?.focus(),
      p: () => (view.isPaused ? log.resume() : log.pause()),
    }[key];
    if (move === undefined || !isOnLine) return;
    event.preventDefault();
    move();
  };
  const toggle = useCallback((seq: number) => {
    setActive(seq);
    setWantsFocus(true);
    setLeft((now) => now ?? newest.current);
    setOpened((now) => {
      const next = new Set(now);
      if (!next.delete(seq)) next.add(seq);
      return next;
    });
  }, []);
  const took = useCallback(() => setWantsFocus(false), []);

  if (isEmpty) return <Nothing log={log} view={view} list={list} subscriptions={subscriptions} />;
  return (
    <div className="relative min-h-0 flex-1">
      <ScrollRegion
        ref={scroller}
        label="Log"
        className="h-full bg-surface [overflow-anchor:none]"
        onScroll={noteScroll}
        onKeyDown={handleKey}
      >
        {hasHead && <Earlier view={view} subscriptions={subscriptions} />}
        <ol ref={content} className="relative" style={{ height: totalSize - (hasHead ? HEAD : 0) }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const line = lines[index];
            return (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-posinset={index + 1}
                aria-setsize={lines.length}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start - (hasHead ? HEAD : 0)}px)` }}
              >
                {line && (
                  <LogRow
                    line={line}
                    isOpen={opened.has(line.seq)}
                    isActive={line.seq === active}
                    wantsFocus={wantsFocus && line.seq === active}
                    onFocused={took}
                    onToggle={toggle}
                    onReplay={onReplay}
                    onReuse={onReuse}
                  />
                )}
              </li>
            );
          })}
        </ol>
      </ScrollRegion>
      {left !== undefined && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            variant={unread > 0 ? "primary" : "secondary"}
            icon={ArrowDown}
            className="pointer-events-auto rounded-full shadow-popup"
            onClick={toEnd}
          >
            {unread > 0 ? `${unread.toLocaleString("en")} new` : "To the end"}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What stands above the oldest line: more of the past, or why there is none. */
function Earlier({ view, subscriptions }: { readonly view: View; readonly subscriptions: Subscriptions }) {
  const isLoading = useObserved(subscriptions.isLoading);
  if (view.isCut) {
    return (
      <p
        className="flex items-center justify-center border-line border-b px-4 text-center text-sm text-muted"
        style={{ height: HEAD }}
      >
        Older lines are gone: the log is full. Clear it to load earlier messages.
      </p>
    );
  }
  return (
    <div className="flex items-center justify-center border-line border-b" style={{ height: HEAD }}>
      <LoadEarlier isLoading={isLoading} room={view.filter.room} subscriptions={subscriptions} />
    </div>
  );
}

function LoadEarlier({
  isLoading,
  room,
  subscriptions,
}: {
  readonly isLoading: boolean;
  readonly room: string;
  readonly subscriptions: Subscriptions;
}) {
  const load = () =>
    subscriptions
      .loadEarlier(room)
      .catch((error) =>
        notify({ title: "Not loaded", description: error instanceof Error ? error.message : String(error) }),
      );
  return (
    <Button
      size="sm"
      variant="quiet"
      icon={ChevronsUp}
      aria-disabled={isLoading}
      onClick={() => !isLoading && void load()}
    >
      {isLoading ? "Loading…" : "Load earlier messages"}
    </Button>
  );
}

function Nothing({
  log,
  view,
  list,
  subscriptions,
}: Pick<LogViewProps, "log" | "view" | "list" | "subscriptions">) {
  const isLoading = useObserved(subscriptions.isLoading);
  const isHidden = isFiltered(view.filter) && view.total > 0;
  const earlier = subscriptions.earlier(view.filter.room);
  const action = isHidden ? (
    <Button onClick={() => log.filter({ ...NO_FILTER, events: view.filter.events })}>Show all lines</Button>
  ) : (
    earlier.length > 0 && (
      <LoadEarlier isLoading={isLoading} room={view.filter.room} subscriptions={subscriptions} />
    )
  );
  const isJoining = list.some(({ state }) => state.status === "joining");
  return (
    <EmptyState
      icon={ScrollText}
      title={isHidden ? "No line passes the filter" : isJoining ? "Joining…" : "Nothing yet"}
      {...(action && { action })}
    >
      {isHidden
        ? `There are ${view.total.toLocaleString("en")} lines in the log.`
        : view.isPaused
          ? "The log is paused: resume to see what came."
          : "Publish something below, or wait for others."}
    </EmptyState>
  );
}

/** Lines are in the order of their numbers. @returns -1 where it is not there */
function indexOf(lines: readonly Line[], seq: number): number {
  const index = indexBefore(lines, seq);
  return lines[index]?.seq === seq ? index : -1;
}

/** @returns the last line whose number is at most `seq`; -1 if there is none */
function indexBefore(lines: readonly Line[], seq: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
