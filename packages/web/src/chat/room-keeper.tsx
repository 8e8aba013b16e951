import { useMessages, useRoom } from "@fanfare/client/react";
import { useEffect } from "react";
import { textIn } from "./chat-item.ts";
import { notifyOf } from "./notifications.ts";
import type { RoomBook } from "./room-book.ts";
import { serverRoom } from "./room-name.ts";

/** How every room is joined: with a first screen, seen by the others, and seeing them. */
export const ROOM_OPTIONS = { history: 100, presence: true } as const;

/** Messages that are kept in memory: as many as a server keeps, and of a room that is not shown, few. */
const KEPT = { shown: 100_000, aside: 500 };

export interface RoomKeeperProps {
  readonly name: string;
  readonly user: string;
  readonly book: RoomBook;
  readonly isShown: boolean;
}

/** Stays in a room, shown or not: counts what comes, and says so where one has asked for it. Draws nothing. */
export function RoomKeeper({ name, user, book, isShown }: RoomKeeperProps) {
  const room = useRoom(serverRoom(name), ROOM_OPTIONS);
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
