import { ChevronsUp } from "lucide-react";
import { Button, notify } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { LogView } from "./log.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Height of what is shown above the oldest line, in pixels. */
export const HEAD = 44;

/** Shown above the oldest line: a button for earlier messages, or why there are none. */
export function LogHead({
  view,
  subscriptions,
}: {
  readonly view: LogView;
  readonly subscriptions: Subscriptions;
}) {
  if (view.isCut) {
    return (
      <p
        className="flex items-center justify-center border-line border-b px-4 text-center text-sm text-muted"
        style={{ height: HEAD }}
      >
        The log is full, so older lines were removed. Clear it to load earlier messages.
      </p>
    );
  }
  return (
    <div className="flex items-center justify-center border-line border-b" style={{ height: HEAD }}>
      <LoadEarlier room={view.filter.room} subscriptions={subscriptions} />
    </div>
  );
}

export function LoadEarlier({
  room,
  subscriptions,
}: {
  readonly room: string;
  readonly subscriptions: Subscriptions;
}) {
  const isLoading = useStore(subscriptions.isLoading);
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
