import { ChevronsUp } from "lucide-react";
import { Button, notify } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import type { LogView } from "./log.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Pixels of what stands above the oldest line. */
export const HEAD = 44;

/** What stands above the oldest line: more of the past, or why there is none. */
export function Earlier({
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
        Older lines are gone: the log is full. Clear it to load earlier messages.
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
