import type { Reset } from "@fanfare/client";
import { Check, Clock3 } from "lucide-react";
import { memo } from "react";
import { Avatar, Button, classNames, hueOf } from "../design/index.ts";
import type { ChatMessage } from "./chat-message.ts";
import { MessageText } from "./message-text.tsx";
import { briefTimeOf, fullTimeOf, timeOf } from "./times.ts";

export interface MessageRowProps {
  readonly message: ChatMessage;
  /** Grouped under the name of the message above. */
  readonly grouped: boolean;
  /** Shows the mark "Sent". */
  readonly confirmed: boolean;
  readonly onRetry: () => void;
  readonly onDiscard: () => void;
}

export const MessageRow = memo(
  function MessageRow({ message, grouped, confirmed, onRetry, onDiscard }: MessageRowProps) {
    const { from, at, text, type, status, error } = message;
    const isPending = status === "pending";
    return (
      <article
        className={classNames(
          "group/row flex gap-3 rounded-md px-5 py-0.5 hover:bg-hover/50 max-md:px-4",
          !grouped && "pt-2",
          status === "failed" && "bg-danger-soft/50",
        )}
      >
        <div className="flex w-8 shrink-0 justify-center">
          {grouped ? (
            <Time
              at={at}
              isBrief
              className="pt-0.5 whitespace-nowrap opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 group-focus/item:opacity-100"
            />
          ) : (
            <Avatar name={from} />
          )}
        </div>
        <div className="min-w-0 flex-1">
          {grouped ? (
            <span className="sr-only">{from}: </span>
          ) : (
            <div className="flex items-baseline gap-2">
              <span data-hue={hueOf(from)} dir="auto" className="hue-ink truncate font-semibold">
                {from}
              </span>
              <Time at={at} />
            </div>
          )}
          <div className={classNames("transition-colors", isPending && "text-muted")}>
            {text === undefined ? (
              <p className="text-sm text-muted">
                Published a message of type “{type}”, which is not a chat message.
              </p>
            ) : (
              <MessageText text={text} />
            )}
          </div>
          {status === "failed" && (
            <div role="alert" className="flex flex-wrap items-center gap-2 py-1 text-sm text-danger">
              <span className="min-w-0">Not sent. {error?.message ?? ""}</span>
              <Button size="sm" onClick={onRetry}>
                Retry
              </Button>
              <Button size="sm" variant="quiet" onClick={onDiscard}>
                Discard
              </Button>
            </div>
          )}
        </div>
        <StatusIcon status={status} confirmed={confirmed} />
      </article>
    );
  },
  (a, b) => a.grouped === b.grouped && a.confirmed === b.confirmed && isSame(a.message, b.message),
);

function isSame(a: ChatMessage, b: ChatMessage): boolean {
  return (
    a.from === b.from &&
    a.at === b.at &&
    a.text === b.text &&
    a.status === b.status &&
    a.type === b.type &&
    a.error === b.error
  );
}

function Time({
  at,
  isBrief = false,
  className,
}: {
  readonly at: number;
  readonly isBrief?: boolean;
  readonly className?: string;
}) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={fullTimeOf(at)}
      className={classNames("shrink-0 text-xs text-muted tabular-nums", className)}
    >
      {isBrief ? briefTimeOf(at) : timeOf(at)}
    </time>
  );
}

function StatusIcon({
  status,
  confirmed,
}: {
  readonly status: ChatMessage["status"];
  readonly confirmed: boolean;
}) {
  const isPending = status === "pending";
  const isShown = isPending || status === "sent" || confirmed;
  const Icon = isPending ? Clock3 : Check;
  return (
    <span className="w-4 shrink-0 self-end pb-1 text-muted">
      {isShown && (
        <>
          <Icon aria-hidden className="size-3.5" />
          <span className="sr-only">{isPending ? "Sending" : "Sent"}</span>
        </>
      )}
    </span>
  );
}

/** A line across the list with a word in it. */
export function Divider({ children, tone }: { readonly children: string; readonly tone?: "accent" }) {
  const isAccent = tone === "accent";
  return (
    <div className="flex items-center gap-3 px-5 py-2 text-xs font-medium max-md:px-4">
      <span aria-hidden className={classNames("h-px flex-1", isAccent ? "bg-accent" : "bg-line")} />
      <span className={isAccent ? "text-accent-ink" : "text-muted"}>{children}</span>
      <span aria-hidden className={classNames("h-px flex-1", isAccent ? "bg-accent" : "bg-line")} />
    </div>
  );
}

export function ResetRow({
  reset: { reason },
  after,
  before,
}: {
  readonly reset: Reset;
  /** The times of the messages above and below, ms. */
  readonly after: number | undefined;
  readonly before: number | undefined;
}) {
  const isOther = reason === "epoch" || reason === "future";
  const span =
    after === undefined
      ? "Some messages"
      : before === undefined
        ? `Messages after ${timeOf(after)}`
        : `Messages between ${timeOf(after)} and ${timeOf(before)}`;
  return (
    <p
      role="note"
      className="mx-5 my-2 rounded-md bg-caution-soft px-3 py-2 text-center text-sm text-caution max-md:mx-4"
    >
      {reason === "forbidden"
        ? "Messages may be missing here: you can't see what was written while you were away."
        : isOther
          ? "This room's history was lost or cleared. Only what follows is left."
          : `${span} have been deleted.`}
    </p>
  );
}
