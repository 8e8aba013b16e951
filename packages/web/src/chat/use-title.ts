import { useEffect } from "react";
import type { RoomEntry } from "./room-book.ts";

/** The page's title, with what is unread in front. */
export function useTitle(rooms: readonly RoomEntry[], current: string | undefined): void {
  const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
  useEffect(() => {
    const count = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : "";
    document.title = `${count}${current === undefined ? "Chat" : `#${current}`} · Fanfare`;
  }, [unread, current]);
}
