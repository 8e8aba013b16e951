import { RotateCw, Users, X } from "lucide-react";
import { classNames, IconButton, useCloseSidebar } from "../design/index.ts";
import { AddRoom } from "./add-room.tsx";
import type { Log, LogView } from "./log.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface RoomListProps {
  readonly list: readonly Subscription[];
  readonly view: LogView;
  readonly log: Log;
  readonly subscriptions: Subscriptions;
  readonly onMembers: (room: string) => void;
}

/** The subscriptions, each with its colour, state and number of messages. */
export function RoomList({ list, view, log, subscriptions, onMembers }: RoomListProps) {
  const closeSidebar = useCloseSidebar();
  return (
    <div className="flex flex-col gap-3 p-3">
      <div className="px-1">
        <AddRoom subscriptions={subscriptions} label="Room or pattern" />
      </div>
      {list.length === 0 ? (
        <p className="px-2 text-sm text-muted">
          None yet. A name that ends in * is a pattern: it matches all rooms that begin with it.
        </p>
      ) : (
        <ul className="flex flex-col gap-0.5">
          {list.map((each) => (
            <RoomItem
              key={each.name}
              subscription={each}
              count={log.countOf(each.name)}
              isChosen={view.filter.room === each.name}
              onChoose={() =>
                log.filter({ ...view.filter, room: view.filter.room === each.name ? "" : each.name })
              }
              onMembers={() => {
                closeSidebar();
                onMembers(each.name);
              }}
              onRemove={() => {
                if (view.filter.room === each.name) log.filter({ ...view.filter, room: "" });
                subscriptions.remove(each.name);
              }}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

interface RoomItemProps {
  readonly subscription: Subscription;
  readonly count: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onMembers: () => void;
  readonly onRemove: () => void;
}

function RoomItem({ subscription, count, isChosen, onChoose, onMembers, onRemove }: RoomItemProps) {
  const { name, hue, state, isPattern } = subscription;
  const isRefused = state.status === "refused";
  return (
    <li
      className={classNames(
        "group flex items-center gap-1 rounded-md pr-1",
        isChosen ? "bg-accent-soft" : "hover:bg-hover",
      )}
    >
      <button
        type="button"
        aria-pressed={isChosen}
        title={`Show ${name} alone`}
        onClick={onChoose}
        className="flex min-w-0 flex-1 items-start gap-2.5 rounded-md py-1.5 pl-2 text-start"
      >
        <span
          aria-hidden
          data-hue={hue}
          className={classNames(
            "hue-ink mt-1.5 size-2.5 shrink-0 rounded-full bg-current",
            !isRefused && state.status !== "live" && "animate-breathe",
          )}
        />
        <span className="min-w-0 flex-1">
          <span dir="auto" className="block truncate font-medium">
            {name}
          </span>
          <span className={classNames("block text-xs break-words", isRefused ? "text-danger" : "text-muted")}>
            {state.status === "live" && (isPattern ? "Live, pattern" : "Live")}
            {(state.status === "joining" || state.status === "idle") && "Joining…"}
            {isRefused && `Refused: ${state.error.message}`}
          </span>
        </span>
        {count > 0 && (
          <span className="pt-0.5 text-xs text-muted tabular-nums">
            {count.toLocaleString("en")}
            <span className="sr-only"> lines</span>
          </span>
        )}
      </button>
      {isRefused && (
        <IconButton
          size="sm"
          icon={RotateCw}
          label={`Try ${name} again`}
          onClick={() => subscription.join()}
        />
      )}
      {subscription.canShowMembers && (
        <IconButton size="sm" icon={Users} label={`Members of ${name}`} onClick={onMembers} />
      )}
      <IconButton size="sm" icon={X} label={`Leave ${name}`} onClick={onRemove} />
    </li>
  );
}
