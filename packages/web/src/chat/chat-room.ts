import type { Room } from "@fanfare/client";
import { useFanfare } from "@fanfare/client/react";
import { serverRoom } from "./room-name.ts";

/** A room of the chat; whoever shows it leaves it to its keeper to be in it. */
export function useChatRoom(name: string): Room {
  return useFanfare().room(serverRoom(name));
}
