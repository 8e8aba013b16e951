import { useEffect } from "react";
import type { AnyMessages, Input, MessageTypes, Output, Room, RoomOptions, Schemas } from "../index.ts";
import { useFanfare } from "./provider.ts";
import { timelineOf } from "./timeline.ts";

/** The number of mounted components per room, for rooms that the hook has joined. */
const mounts = new WeakMap<object, number>();

/**
 * Joins a room while at least one component that uses it is mounted. A room that was joined by `room.join()` before
 * stays joined. A refusal is in `room.state`.
 */
export function useRoom<S extends Schemas>(
  name: string,
  options: RoomOptions & { readonly schemas: S },
): Room<Output<S>, Input<S>>;
export function useRoom<M extends MessageTypes = AnyMessages>(name: string, options?: RoomOptions): Room<M>;
export function useRoom(name: string, options?: RoomOptions): Room {
  const room = useFanfare().room(name, options);
  useEffect(() => joinWhileMounted(room), [room]);
  return room;
}

function joinWhileMounted(room: Room): () => void {
  const before = mounts.get(room);
  const wasJoinedByHand = before === undefined && room.membership.isJoined;
  timelineOf(room); // it has to listen before the join
  room.join().catch(() => {});
  if (wasJoinedByHand) return () => {};
  mounts.set(room, (before ?? 0) + 1);
  return () => {
    mounts.set(room, (mounts.get(room) ?? 1) - 1);
    // In strict mode, and when one component replaces another, the next mount follows at once.
    queueMicrotask(() => {
      if (mounts.get(room) !== 0) return;
      mounts.delete(room);
      room.leave();
    });
  };
}
