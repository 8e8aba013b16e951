import { ChevronRight, Info, RotateCcw, SquarePen, TriangleAlert } from "lucide-react";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { Button, CopyButton, classNames, type Tone } from "../design/index.ts";
import type { Draft } from "./draft.ts";
import type { EventLine, Line, MessageLine, NoteLine } from "./line.ts";
import { recordOf } from "./ndjson.ts";

/** Characters of a line that are drawn; more fit on no screen. */
const ONE_LINER = 400;
/** Characters of opened data that are drawn before the user asks for all. */
const PREVIEW = 8_000;

export interface LogRowProps {
  readonly line: Line;
  readonly isOpen: boolean;
  readonly isActive: boolean;
  readonly wantsFocus: boolean;
  readonly onFocused: () => void;
  readonly onToggle: (seq: number) => void;
  readonly onReplay: (room: string, offset: number) => void;
  readonly onReuse: (draft: Draft) => void;
}

export const LogRow = memo(function LogRow({ line, ...rest }: LogRowProps) {
  if (line.kind === "note") return <Note line={line} {...rest} />;
  return <MessageRow line={line} {...rest} />;
});

const INKS: Record<Tone, string> = {
  neutral: "text-muted",
  accent: "text-accent-ink",
  positive: "text-positive",
  caution: "text-caution bg-caution-soft",
  danger: "text-danger bg-danger-soft",
};

function Note({
  line,
  isActive,
  wantsFocus,
  onFocused,
}: Pick<LogRowProps, "isActive" | "wantsFocus" | "onFocused"> & { readonly line: NoteLine }) {
  const place = useRef<HTMLParagraphElement>(null);
  useFocus(place, wantsFocus, onFocused);
  const Icon = line.tone === "caution" || line.tone === "danger" ? TriangleAlert : Info;
  return (
    <p
      ref={place}
      tabIndex={isActive ? 0 : -1}
      data-line=""
      className={classNames(
        "flex items-start gap-2 border-line border-b py-1 pr-3 pl-3 text-sm focus-visible:-outline-offset-2",
        INKS[line.tone],
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <Dot hue={line.hue} />
      <span className="min-w-0 break-words">
        <b className="font-medium">{line.room}</b> {line.text}
      </span>
      <Time at={line.at} className="ml-auto max-md:hidden" />
    </p>
  );
}

function MessageRow({
  line,
  isOpen,
  isActive,
  wantsFocus,
  onFocused,
  onToggle,
  onReplay,
  onReuse,
}: LogRowProps & { readonly line: (MessageLine | EventLine) & { readonly seq: number } }) {
  const place = useRef<HTMLButtonElement>(null);
  useFocus(place, wantsFocus, onFocused);
  const isReplay = line.kind === "message" && line.origin === "replay";
  return (
    <div className={classNames("border-line border-b", isReplay && "bg-sunken")}>
      <button
        ref={place}
        type="button"
        tabIndex={isActive ? 0 : -1}
        data-line=""
        aria-expanded={isOpen}
        onClick={() => onToggle(line.seq)}
        className="flex w-full items-baseline gap-2.5 py-1 pr-3 pl-3 text-start text-sm hover:bg-hover focus-visible:-outline-offset-2 max-md:flex-wrap max-md:gap-y-0 max-md:py-2"
      >
        <ChevronRight
          aria-hidden
          className={classNames(
            "size-3.5 shrink-0 self-center text-muted max-md:hidden",
            isOpen && "rotate-90",
          )}
        />
        <Time at={line.at} className="max-md:order-5 max-md:ml-auto" />
        <span className="flex w-36 min-w-0 shrink-0 items-baseline gap-1.5 max-md:w-auto max-md:max-w-40">
          <Dot hue={line.hue} />
          <span data-hue={line.hue} dir="auto" className="hue-ink truncate font-medium">
            {line.room}
          </span>
        </span>
        <span className="w-14 shrink-0 text-right font-mono text-muted tabular-nums max-md:w-auto">
          {line.kind === "message" ? `#${line.offset}` : "event"}
        </span>
        <span className="w-20 shrink-0 truncate font-medium max-md:w-auto max-md:max-w-24">{line.type}</span>
        <span dir="auto" className="w-24 shrink-0 truncate text-muted max-md:hidden">
          {line.from}
        </span>
        {isReplay && <Mark>replayed</Mark>}
        {line.kind === "message" && line.origin === "past" && <Mark>earlier</Mark>}
        <span className="min-w-0 flex-1 truncate font-mono max-md:order-6 max-md:basis-full">
          {line.json.slice(0, ONE_LINER)}
        </span>
      </button>
      {isOpen && <Opened line={line} onReplay={onReplay} onReuse={onReuse} />}
    </div>
  );
}

function Opened({
  line,
  onReplay,
  onReuse,
}: Pick<LogRowProps, "onReplay" | "onReuse"> & { readonly line: MessageLine | EventLine }) {
  const [isWhole, setWhole] = useState(false);
  const pretty = useMemo(() => JSON.stringify(JSON.parse(line.json), null, 2), [line.json]);
  const isCut = !isWhole && pretty.length > PREVIEW;
  const text = line.kind === "message" ? { id: line.id } : {};
  return (
    <div className="flex flex-col gap-2 px-3 pb-3 md:pl-9">
      <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-sm">
        <Detail name="From">{line.from}</Detail>
        <Detail name="At">{FULL.format(line.at)}</Detail>
        {text.id !== undefined && <Detail name="Id">{text.id}</Detail>}
        {line.subscription !== undefined && line.subscription !== line.room && (
          <Detail name="Through">{line.subscription}</Detail>
        )}
      </dl>
      <pre className="max-h-96 overflow-auto rounded-md border border-line bg-sunken p-2.5 font-mono text-sm break-words whitespace-pre-wrap">
        {isCut ? pretty.slice(0, PREVIEW) : pretty}
        {isCut && "…"}
      </pre>
      <div className="flex flex-wrap gap-1">
        {isCut && (
          <Button size="sm" variant="quiet" onClick={() => setWhole(true)}>
            Show all ({Math.ceil(line.json.length / 1024)} KB)
          </Button>
        )}
        <CopyButton text={() => recordOf(line)}>
          {line.kind === "message" ? "Copy message" : "Copy event"}
        </CopyButton>
        <CopyButton text={pretty}>Copy data</CopyButton>
        {line.kind === "message" && (
          <>
            <Button
              size="sm"
              variant="quiet"
              icon={RotateCcw}
              onClick={() => onReplay(line.room, line.offset)}
            >
              Replay from here
            </Button>
            <Button
              size="sm"
              variant="quiet"
              icon={SquarePen}
              onClick={() => onReuse({ room: line.room, type: line.type, mode: "json", text: pretty })}
            >
              Use in the form
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function Detail({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-all">{children}</dd>
    </div>
  );
}

function Dot({ hue }: { readonly hue: number }) {
  return (
    <span
      aria-hidden
      data-hue={hue}
      className="hue-ink size-2 shrink-0 self-center rounded-full bg-current"
    />
  );
}

function Mark({ children }: { readonly children: string }) {
  return <span className="shrink-0 rounded-sm bg-hover px-1 text-xs text-ink">{children}</span>;
}

const TIME = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function Time({ at, className }: { readonly at: number; readonly className?: string }) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      className={classNames("shrink-0 font-mono text-xs text-muted tabular-nums", className)}
    >
      {TIME.format(at)}
    </time>
  );
}

/** Focuses the row that the arrow keys have moved to, after it was drawn. */
function useFocus(
  place: { readonly current: HTMLElement | null },
  isWanted: boolean,
  onFocused: () => void,
): void {
  useEffect(() => {
    if (!isWanted) return;
    place.current?.focus({ preventScroll: true });
    place.current?.closest("li")?.scrollIntoView({ block: "nearest" });
    onFocused();
  }, [place, isWanted, onFocused]);
}
