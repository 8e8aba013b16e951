import { useEffect } from "react";
import type { AnyMessages, Input, MessageTypes, Output, Room, RoomOptions, Schemas } from "../index.ts";
import { useFanfare } from "./provider.ts";
import { timelineOf } from "./timeline.ts";

/** How many components are in a room that they have joined, not somebody else. */
const holders = new WeakMap<object, number>();

/**
 * A room that is joined while a component that asks for it is mounted: once, however many ask. One that was joined
 * before, by hand, stays joined when the last component is gone. A refusal is in `room.state`.
 */
export function useRoom<S extends Schemas>(
  name: string,
  options: RoomOptions & { readonly schemas: S },
): Room<Output<S>, Input<S>>;
export function useRoom<M extends MessageTypes = AnyMessages>(name: string, options?: RoomOptions): Room<M>;
export function useRoom(name: string, options?: RoomOptions): Room {
  const room = useFanfare().room(name, options);
  useEffect(() => hold(room), [room]);
  return room;
}

function hold(room: Room): () => void {
  const held = holders.get(room);
  const isSomebodyElses = held === undefined && room.membership.wanted;
  timelineOf(room); // it has to listen before the first message
  room.join().catch(() => {});
  if (isSomebodyElses) return () => {};
  holders.set(room, (held ?? 0) + 1);
  return () => {
    holders.set(room, (holders.get(room) ?? 1) - 1);
    // Strict mode, and a component that takes another's place, hold it again at once.
    queueMicrotask(() => {
      if (holders.get(room) !== 0) return;
      holders.delete(room);
      room.leave();
    });
  };
}
