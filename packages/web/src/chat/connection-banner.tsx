import type { ConnectionState, Reason } from "@fanfare/client";
import { useConnection, useFanfare, useOutbox } from "@fanfare/client/react";
import { useEffect, useState } from "react";
import { Banner, BannerDetail, Button, useSecondsUntil } from "../design/index.ts";
import { serverRoom } from "./room-name.ts";

/** Ms that good news stays. */
const STAYS = 5_000;

/** Offline and why, when it is tried again, and what was missed. Nothing while all is well. */
export function ConnectionBanner({ room }: { readonly room: string | undefined }) {
  const client = useFanfare();
  const state = useConnection();
  const { pending } = useOutbox();
  const wasOffline = useWasOffline(state);
  const missed = useCaughtUp(room, state.status === "online");
  if (state.status === "closed") {
    return (
      <Banner
        tone="danger"
        action={
          <Button size="sm" onClick={() => void client.connect().catch(() => {})}>
            Connect again
          </Button>
        }
      >
        The server has ended the connection: {state.reason.message}.
      </Banner>
    );
  }
  if (state.status === "offline" || (state.status === "connecting" && wasOffline)) {
    return (
      <Banner
        tone="caution"
        action={
          state.status === "offline" && (
            <Button size="sm" onClick={tryNow}>
              Try now
            </Button>
          )
        }
      >
        Offline: {wasOffline ?? "no connection"}.
        <BannerDetail>
          <Countdown state={state} />
          {pending > 0 && ` ${inWords(pending, "message waits", "messages wait")} to be sent.`}
        </BannerDetail>
      </Banner>
    );
  }
  if (missed !== undefined)
    return <Banner tone="positive">Caught up: {inWords(missed, "message", "messages")}.</Banner>;
  return null;
}

/** The client tries again when a page's network is said to be there. */
function tryNow(): void {
  dispatchEvent(new Event("online"));
}

function Countdown({ state }: { readonly state: ConnectionState }) {
  const seconds = useSecondsUntil(state.status === "offline" ? state.retryAt : 0);
  return seconds > 0 ? `Reconnecting in ${seconds} s.` : "Reconnecting…";
}

/** Why there is no connection, from the first failure until it is back. */
function useWasOffline(state: ConnectionState): string | undefined {
  const [why, setWhy] = useState<string>();
  const next =
    state.status === "offline" ? inWordsOf(state.reason) : state.status === "connecting" ? why : undefined;
  if (next !== why) setWhy(next);
  return next;
}

/** A bare end of the connection says nothing of why; a server that stops says so. */
function inWordsOf({ code, message }: Reason): string {
  if (code === 1006) return "the server cannot be reached";
  return code === 1001 || code === 1012 ? "the server is starting anew" : message;
}

/** Messages that the break had kept from the room, for a while after it. */
function useCaughtUp(name: string | undefined, isOnline: boolean): number | undefined {
  const client = useFanfare();
  const [missed, setMissed] = useState<number>();
  useEffect(() => {
    if (name === undefined) return;
    const room = client.room(serverRoom(name));
    let wasBroken = false;
    const unwatch = client.state.subscribe(({ status }) => {
      if (status === "offline" && room.position !== undefined) wasBroken = true;
    });
    const unlisten = room.on("live", ({ messages }) => {
      if (wasBroken && messages > 0) setMissed(messages);
      wasBroken = false;
    });
    return () => {
      unwatch();
      unlisten();
      setMissed(undefined);
    };
  }, [client, name]);
  useEffect(() => {
    if (missed === undefined) return;
    const timer = setTimeout(() => setMissed(undefined), STAYS);
    return () => clearTimeout(timer);
  }, [missed]);
  return isOnline ? missed : undefined;
}

function inWords(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString()} ${many}`;
}
