import type { Room } from "@fanfare/client";
import { useFanfare, useMessages } from "@fanfare/client/react";
import { useEffect } from "react";
import { can, type Permissions } from "../identity/permissions.ts";
import { useStore } from "../state/store.ts";
import { textIn } from "./chat-message.ts";
import { useChatRoom } from "./chat-room.ts";
import { notifyOf } from "./notifications.ts";
import type { RoomRegistry } from "./room-registry.ts";

/** Messages of the first screen. */
const HISTORY = 100;

/** As many as a server keeps by default; few for a room that is not shown. */
const MESSAGES_IN_MEMORY = { shown: 100_000, aside: 500 };

export interface RoomSubscriptionProps {
  readonly name: string;
  readonly user: string;
  readonly registry: RoomRegistry;
  readonly isShown: boolean;
  readonly permissions: Permissions;
}

/** Joins a room for as long as it is rendered: counts its messages and notifies of them. It renders nothing. */
export function RoomSubscription({ name, user, registry, isShown, permissions }: RoomSubscriptionProps) {
  const room = useChatRoom(name);
  useJoin(room, permissions);
  useMessages(room, { keep: isShown ? MESSAGES_IN_MEMORY.shown : MESSAGES_IN_MEMORY.aside });
  useEffect(() => {
    const updateHead = (isOwn: boolean) => {
      if (room.position !== undefined) registry.updateHead(name, room.position, isOwn);
    };
    const ends = [
      room.on("live", () => updateHead(false)),
      room.on("message", ({ from, type, data }) => {
        if (room.state.value.status !== "live") return;
        const text = textIn(type, data);
        if (from !== user && text !== undefined) notifyOf({ room: name, from, text });
        updateHead(from === user);
      }),
    ];
    if (room.state.value.status === "live") updateHead(false);
    return () => {
      for (const end of ends) end();
    };
  }, [room, name, user, registry]);
  return null;
}

/** Joins a room with history and presence, as far as the user has the permissions. */
function useJoin(room: Room, permissions: Permissions): void {
  const client = useFanfare();
  const { name } = room;
  const permitted = useStore(permissions.of(name));
  const isKnown = permitted !== undefined;
  const mayJoin = can(permitted, "join");
  const history = can(permitted, "history");
  const presence = can(permitted, "presence");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a user who may join now tries again.
  useEffect(() => {
    if (!isKnown) return;
    client.room(name, { ...(history && { history: HISTORY }), ...(presence && { presence }) });
    const end = room.state.listen((state) => {
      // A permission may have been taken away.
      if (state.status === "refused" && state.error.code === "forbidden") permissions.refresh(name);
    });
    room.join().catch(() => {}); // the state of the room has the error
    return () => {
      end();
      room.leave();
    };
  }, [client, room, name, permissions, isKnown, mayJoin, history, presence]);
}
