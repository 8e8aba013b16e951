import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Button, ScrollRegion } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { Draft } from "./draft.ts";
import { indexOf } from "./line.ts";
import { HEAD, LogHead } from "./load-earlier.tsx";
import type { Log, LogView as View } from "./log.ts";
import { AT_END, useLogEnd } from "./log-end.ts";
import { LogRow } from "./log-row.tsx";
import { NoLines } from "./no-lines.tsx";
import type { Replay } from "./replay.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { FILTER_FIELD } from "./toolbar.tsx";

const USUAL_HEIGHT = 27;
const USUAL_HEIGHT_NARROW = 53;

export interface LogViewProps {
  readonly log: Log;
  readonly view: View;
  readonly list: readonly Subscription[];
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

/** The log, newest at the end, of which only the visible lines are drawn. It follows the end unless the user reads further up. */
export function LogView({ log, view, list, subscriptions, replay, onReplay, onReuse }: LogViewProps) {
  const { lines } = view;
  const scroller = useRef<HTMLElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  /** The line that the arrow keys move from. */
  const [active, setActive] = useState<number>();
  const [wantsFocus, setWantsFocus] = useState(false);
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
    // The focused line stays drawn wherever the user scrolls, so that the keyboard does not lose its place.
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      return activeIndex === -1 || inSight.includes(activeIndex)
        ? inSight
        : [...inSight, activeIndex].sort((a, b) => a - b);
    },
  });
  const { content, unread, update, leave, goTo: toEnd } = useLogEnd(scroller, virtual, lines);
  // An opened line stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after it was drawn.
  useEffect(update, [opened, update]);
  // A replay is shown as it arrives.
  const replays = useStore(replay.runs);
  useEffect(() => {
    if (replays > 0) toEnd();
  }, [replays, toEnd]);
  const moveTo = (index: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (line === undefined) return;
    virtual.scrollToIndex(Math.max(0, Math.min(lines.length - 1, index)), { align: "auto" });
    update(); // the browser sends the scroll event a frame later; a line before it would lead back to the end
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
  const toggle = useCallback(
    (seq: number) => {
      setActive(seq);
      setWantsFocus(true);
      leave();
      setOpened((now) => {
        const next = new Set(now);
        if (!next.delete(seq)) next.add(seq);
        return next;
      });
    },
    [leave],
  );
  const onFocused = useCallback(() => setWantsFocus(false), []);

  if (lines.length === 0) return <NoLines log={log} view={view} list={list} subscriptions={subscriptions} />;
  return (
    <div className="relative min-h-0 flex-1">
      <ScrollRegion
        ref={scroller}
        label="Log"
        className="h-full bg-surface [overflow-anchor:none]"
        onScroll={update}
        onKeyDown={handleKey}
      >
        {hasHead && <LogHead view={view} subscriptions={subscriptions} />}
        <ol
          ref={content}
          className="relative"
          style={{ height: virtual.getTotalSize() - (hasHead ? HEAD : 0) }}
        >
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
                    onFocused={onFocused}
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
      {unread !== undefined && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            variant={unread > 0 ? "primary" : "secondary"}
            icon={ArrowDown}
            className="pointer-events-auto rounded-full shadow-popup"
            onClick={toEnd}
          >
            {unread > 0 ? `${unread.toLocaleString("en")} new` : "Jump to end"}
          </Button>
        </div>
      )}
    </div>
  );
}
