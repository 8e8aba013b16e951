import { useCallback } from "react";
import type { MessageTypes, Presence, Room } from "../index.ts";
import { useValue } from "./use-value.ts";

/** The members of a room that was joined with `presence`. */
export function usePresence<M extends MessageTypes, Out extends MessageTypes>(room: Room<M, Out>): Presence {
  return useValue(room.members);
}

/** The users who type in a room, without this client's own, and `setTyping`, to be called on each keystroke. */
export function useTyping<M extends MessageTypes, Out extends MessageTypes>(
  room: Room<M, Out>,
): { readonly users: readonly string[]; readonly setTyping: (isTyping?: boolean) => void } {
  const setTyping = useCallback((isTyping?: boolean) => room.setTyping(isTyping), [room]);
  return { users: useValue(room.typing), setTyping };
}
