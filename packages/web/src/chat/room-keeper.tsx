import type { Room } from "@fanfare/client";
import { useFanfare, useMessages } from "@fanfare/client/react";
import { useEffect } from "react";
import { can, type Permissions } from "../identity/permissions.ts";
import { useStore } from "../state/store.ts";
import { textIn } from "./chat-item.ts";
import { useChatRoom } from "./chat-room.ts";
import { notifyOf } from "./notifications.ts";
import type { RoomBook } from "./room-book.ts";

/** Messages of a first screen. */
const HISTORY = 100;

/** Messages that are kept in memory: as many as a server keeps, and of a room that is not shown, few. */
const KEPT = { shown: 100_000, aside: 500 };

export interface RoomKeeperProps {
  readonly name: string;
  readonly user: string;
  readonly book: RoomBook;
  readonly isShown: boolean;
  readonly permissions: Permissions;
}

/** Stays in a room, shown or not: counts what comes, and says so where one has asked for it. Draws nothing. */
export function RoomKeeper({ name, user, book, isShown, permissions }: RoomKeeperProps) {
  const room = useChatRoom(name);
  useStay(room, permissions);
  useMessages(room, { keep: isShown ? KEPT.shown : KEPT.aside });
  useEffect(() => {
    const reach = (isOwn: boolean) => {
      if (room.position !== undefined) book.reached(name, room.position, isOwn);
    };
    const ends = [
      room.on("live", () => reach(false)),
      room.on("message", ({ from, type, data }) => {
        if (room.state.value.status !== "live") return;
        const text = textIn(type, data);
        if (from !== user && text !== undefined) notifyOf({ room: name, from, text });
        reach(from === user);
      }),
    ];
    if (room.state.value.status === "live") reach(false);
    return () => {
      for (const end of ends) end();
    };
  }, [room, name, user, book]);
  return null;
}

/** Is in a room with as much as is permitted there: a first screen of what was said, seen by the others and seeing them. */
function useStay(room: Room, permissions: Permissions): void {
  const client = useFanfare();
  const { name } = room;
  const permitted = useStore(permissions.of(name));
  const isKnown = permitted !== undefined;
  const mayJoin = can(permitted, "join");
  const history = can(permitted, "history");
  const presence = can(permitted, "presence");
  // biome-ignore lint/correctness/useExhaustiveDependencies: who may join by now tries again.
  useEffect(() => {
    if (!isKnown) return;
    client.room(name, { ...(history && { history: HISTORY }), ...(presence && { presence }) });
    const end = room.state.subscribe((state) => {
      // What was permitted may not be any more.
      if (state.status === "refused" && state.error.code === "forbidden") permissions.renew(name);
    });
    room.join().catch(() => {}); // its state says why
    return () => {
      end();
      room.leave();
    };
  }, [client, room, name, permissions, isKnown, mayJoin, history, presence]);
}
