import type { Fanfare } from "@fanfare/client";
import { useValue } from "@fanfare/client/react";
import { Banner, BannerDetail, Status, useSecondsUntil } from "../design/index.ts";
import { Store, useStore } from "../state/store.ts";
import type { ListView, OpenList } from "./open-list.ts";

/** The state of the live connection. On a phone only the banner shows it. */
export function ConnectionStatus({ client }: { readonly client: Fanfare }) {
  const { status } = useValue(client.state);
  return (
    <span className="max-md:hidden">
      {status === "online" ? (
        <Status tone="positive">Live</Status>
      ) : status === "closed" ? (
        <Status tone="danger">Not live</Status>
      ) : (
        <Status tone="caution" busy>
          {status === "offline" ? "Offline" : "Connecting"}
        </Status>
      )}
    </span>
  );
}

const NO_LIST = new Store<Partial<ListView>>({});

/** Shows what a broken connection means for the list. Nothing while it is live. */
export function ConnectionBanner({ client, list }: { readonly client: Fanfare; readonly list?: OpenList }) {
  const state = useValue(client.state);
  const { waiting = 0, liveError } = useStore<Partial<ListView>>(list?.view ?? NO_LIST);
  if (state.status === "closed")
    return <Banner tone="danger">No live updates: {state.reason.message}. Reload the page.</Banner>;
  if (state.status === "offline" || (state.status === "connecting" && state.attempt > 0)) {
    return (
      <Banner tone="caution">
        You are offline. {waitingText(waiting)}
        <BannerDetail>
          {state.status === "offline" ? <Countdown until={state.retryAt} /> : "Trying again now."}
        </BannerDetail>
      </Banner>
    );
  }
  if (liveError !== undefined) return <Banner tone="danger">No live updates: {liveError}</Banner>;
  if (waiting > 0) return <Banner tone="caution">The server doesn't respond. {waitingText(waiting)}</Banner>;
  return null;
}

function waitingText(count: number): string {
  if (count === 0)
    return "You can keep working: your changes are saved here and sent when the server is back.";
  const what = count === 1 ? "1 change is" : `${count} changes are`;
  return `${what} saved here and sent when the server is back.`;
}

function Countdown({ until }: { readonly until: number }) {
  const seconds = useSecondsUntil(until);
  return seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again now.";
}
