import type { ConnectionState, Fanfare } from "@fanfare/client";
import { useCallback, useSyncExternalStore } from "react";
import { Banner, BannerDetail, Status, useSecondsUntil } from "../design/index.ts";
import type { OpenList } from "./open-list.ts";

function useConnectionOf(client: Fanfare): ConnectionState {
  const subscribe = useCallback((changed: () => void) => client.state.subscribe(changed), [client]);
  return useSyncExternalStore(subscribe, () => client.state.value);
}

/** How the live connection stands. On a phone the banner alone says so. */
export function ConnectionStatus({ client }: { readonly client: Fanfare }) {
  const { status } = useConnectionOf(client);
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

const NOTHING = { subscribe: () => () => {}, view: () => undefined };

/** What the connection means for what one sees and does; nothing while all is well. */
export function ConnectionBanner({ client, list }: { readonly client: Fanfare; readonly list?: OpenList }) {
  const state = useConnectionOf(client);
  const { subscribe, view } = list ?? NOTHING;
  const { waiting = 0, deaf } = useSyncExternalStore<{ waiting?: number; deaf?: string | undefined }>(
    subscribe,
    () => view() ?? NONE,
  );
  if (state.status === "closed")
    return (
      <Banner tone="danger">Nothing comes live any more: {state.reason.message}. Reload the page.</Banner>
    );
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
  if (deaf !== undefined) return <Banner tone="danger">Changes of others do not come live: {deaf}</Banner>;
  if (waiting > 0) return <Banner tone="caution">The server does not answer. {waitingText(waiting)}</Banner>;
  return null;
}

const NONE = {};

function waitingText(count: number): string {
  if (count === 0) return "You can go on: what you change is kept here, and sent when the server is back.";
  const what = count === 1 ? "1 change is" : `${count} changes are`;
  return `${what} kept here, and sent when the server is back. Keep this page open.`;
}

function Countdown({ until }: { readonly until: number }) {
  const seconds = useSecondsUntil(until);
  return seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again now.";
}
