import type { ConnectionState, Reason } from "@fanfare/client";
import { useConnection, useFanfare, useOutbox } from "@fanfare/client/react";
import { useEffect, useState } from "react";
import { Banner, BannerDetail, Button, useSecondsUntil } from "../design/index.ts";
import { serverRoom } from "./room-name.ts";

/** Ms that the "Caught up" banner stays. */
const SHOWN_FOR = 5_000;

/** Shows that the page is offline, why, when it reconnects, and how many messages it missed. Nothing while it is online. */
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
        The server closed the connection: {state.reason.message}.
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
          {pending > 0 && ` ${inWords(pending, "message is", "messages are")} waiting to be sent.`}
        </BannerDetail>
      </Banner>
    );
  }
  if (missed !== undefined)
    return <Banner tone="positive">Caught up: {inWords(missed, "message", "messages")}.</Banner>;
  return null;
}

/** The client reconnects at once on the event `online`. */
function tryNow(): void {
  dispatchEvent(new Event("online"));
}

function Countdown({ state }: { readonly state: ConnectionState }) {
  const seconds = useSecondsUntil(state.status === "offline" ? state.retryAt : 0);
  return seconds > 0 ? `Reconnecting in ${seconds} s.` : "Reconnecting…";
}

/** @returns why there is no connection, from the first failure until the client is online */
function useWasOffline(state: ConnectionState): string | undefined {
  const [why, setWhy] = useState<string>();
  const next =
    state.status === "offline" ? inWordsOf(state.reason) : state.status === "connecting" ? why : undefined;
  if (next !== why) setWhy(next);
  return next;
}

/** A connection that breaks has no reason; a server that stops sends one. */
function inWordsOf({ code, message }: Reason): string {
  if (code === 1006) return "the server cannot be reached";
  return code === 1001 || code === 1012 ? "the server is restarting" : message;
}

/** @returns the number of messages that the page missed while offline, for a few seconds after it caught up */
function useCaughtUp(name: string | undefined, isOnline: boolean): number | undefined {
  const client = useFanfare();
  const [missed, setMissed] = useState<number>();
  useEffect(() => {
    if (name === undefined) return;
    const room = client.room(serverRoom(name));
    let wasBroken = false;
    const unwatch = client.state.listen(({ status }) => {
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
    const timer = setTimeout(() => setMissed(undefined), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [missed]);
  return isOnline ? missed : undefined;
}

function inWords(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString()} ${many}`;
}
