import type { Room } from "@fanfare/client";
import { useFanfare } from "@fanfare/client/react";
import { serverRoom } from "./room-name.ts";

/** A room of the chat. `RoomSubscription` joins it, components only show it. */
export function useChatRoom(name: string): Room {
  return useFanfare().room(serverRoom(name));
}
