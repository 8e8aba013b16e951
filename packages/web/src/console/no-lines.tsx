import { ScrollText } from "lucide-react";
import { Button, EmptyState } from "../design/index.ts";
import { isFiltered, NO_FILTER } from "./filter.ts";
import { LoadEarlier } from "./load-earlier.tsx";
import type { Log, LogView } from "./log.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface NoLinesProps {
  readonly log: Log;
  readonly view: LogView;
  readonly list: readonly Subscription[];
  readonly subscriptions: Subscriptions;
}

/** Shown in place of the lines: why there are none. */
export function NoLines({ log, view, list, subscriptions }: NoLinesProps) {
  const isHidden = isFiltered(view.filter) && view.total > 0;
  const earlier = subscriptions.earlier(view.filter.room);
  const action = isHidden ? (
    <Button onClick={() => log.filter({ ...NO_FILTER, events: view.filter.events })}>
      Show all messages
    </Button>
  ) : (
    earlier.length > 0 && <LoadEarlier room={view.filter.room} subscriptions={subscriptions} />
  );
  const isJoining = list.some(({ state }) => state.status === "joining" || state.status === "idle");
  return (
    <EmptyState
      icon={ScrollText}
      title={isHidden ? "No messages match" : isJoining ? "Joining…" : "Nothing yet"}
      {...(action && { action })}
    >
      {isHidden
        ? `The log has ${view.total.toLocaleString("en")} lines.`
        : view.isPaused
          ? "The log is paused. Resume to see new messages."
          : "Publish a message below, or wait for others."}
    </EmptyState>
  );
}
