import { useEffect } from "react";
import type { RoomSummary } from "./room-registry.ts";

/** Sets the page's title, with the number of unread messages in front. */
export function useTitle(rooms: readonly RoomSummary[], current: string | undefined): void {
  const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
  useEffect(() => {
    const count = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : "";
    document.title = `${count}${current === undefined ? "Chat" : `#${current}`} · Fanfare`;
  }, [unread, current]);
}
