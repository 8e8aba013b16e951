import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useRef, useState } from "react";
import { Avatar, Button, hueOf, ScrollRegion } from "../design/index.ts";
import type { Note } from "./note.ts";

/** Pixels from the top within which the user counts as reading the newest notes. */
const AT_TOP = 48;
const USUAL_HEIGHT = 67;

export interface NoteListProps {
  /** Oldest first. The same array grows. */
  readonly notes: readonly Note[];
  readonly count: number;
}

/**
 * The notes, newest first, of which only the visible ones are drawn. While the user reads further down nothing moves:
 * new notes wait behind a button.
 */
export function NoteList({ notes, count }: NoteListProps) {
  const scroller = useRef<HTMLElement>(null);
  const [held, setHeld] = useState<number>();
  const shown = Math.min(held ?? count, count);
  const waiting = count - shown;
  const virtual = useVirtualizer({
    count: shown,
    getScrollElement: () => scroller.current,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: (index) => shown - index,
    overscan: 8,
  });
  const toTop = () => {
    setHeld(undefined);
    scroller.current?.scrollTo({ top: 0 });
  };
  const follow = () => {
    const isAtTop = (scroller.current?.scrollTop ?? 0) < AT_TOP;
    setHeld((now) => (isAtTop ? undefined : (now ?? count)));
  };
  return (
    <div className="relative min-h-0 flex-1">
      <ScrollRegion ref={scroller} label="Notes" className="h-full" onScroll={follow}>
        <ol className="relative mx-auto max-w-3xl" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const note = notes[shown - 1 - index];
            return (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-posinset={index + 1}
                aria-setsize={shown}
                className="absolute inset-x-0 top-0 border-line border-b px-5 py-3 max-md:px-4"
                style={{ transform: `translateY(${start}px)` }}
              >
                {note && <NoteView note={note} />}
              </li>
            );
          })}
        </ol>
      </ScrollRegion>
      {waiting > 0 && (
        <div role="status" className="absolute inset-x-0 top-3 flex justify-center">
          <Button variant="primary" icon={ArrowUp} className="rounded-full shadow-popup" onClick={toTop}>
            {waiting === 1 ? "1 new note" : `${waiting.toLocaleString("en")} new notes`}
          </Button>
        </div>
      )}
    </div>
  );
}

function NoteView({ note: { from, message, timestamp, others } }: { readonly note: Note }) {
  return (
    <article className="flex gap-3">
      <Avatar name={from ?? "?"} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-2">
          {from === undefined ? (
            <span className="text-muted">Someone</span>
          ) : (
            <span data-hue={hueOf(from)} dir="auto" className="hue-ink truncate font-semibold">
              {from}
            </span>
          )}
          <When timestamp={timestamp} />
        </div>
        {message !== "" && (
          <p dir="auto" className="break-words whitespace-pre-wrap [unicode-bidi:plaintext]">
            {message}
          </p>
        )}
        {others.length > 0 && (
          <dl className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-sm">
            {others.map(([name, value]) => (
              <div key={name} className="flex min-w-0 gap-1.5">
                <dt className="shrink-0 text-muted">{name}</dt>
                <dd dir="auto" className="min-w-0 break-words">
                  {value}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </article>
  );
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

function When({ timestamp }: { readonly timestamp: string }) {
  const at = new Date(timestamp);
  if (Number.isNaN(at.getTime())) return null;
  const isToday = at.toDateString() === new Date().toDateString();
  return (
    <time dateTime={timestamp} title={FULL.format(at)} className="shrink-0 text-xs text-muted">
      {isToday ? TIME.format(at) : `${DAY.format(at)}, ${TIME.format(at)}`}
    </time>
  );
}
