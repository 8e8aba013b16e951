import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { MessageTypes, Room } from "../index.ts";
import { type TimelineState, timelineOf } from "./timeline.ts";

export interface RoomMessages<M extends MessageTypes, Out extends MessageTypes = M>
  extends TimelineState<M, Out> {
  /** Loads the page before the oldest message. @throws as `Room.history` */
  readonly loadMore: () => Promise<void>;
}

/**
 * A room's messages with those on their way, and the past page by page. All components that ask show the same.
 *
 * @param options.keep messages kept in memory, the newest; 100,000 where it is left out
 */
export function useMessages<M extends MessageTypes, Out extends MessageTypes>(
  room: Room<M, Out>,
  { keep }: { readonly keep?: number } = {},
): RoomMessages<M, Out> {
  const timeline = timelineOf(room);
  useEffect(() => {
    if (keep !== undefined) timeline.kept = keep;
  }, [timeline, keep]);
  const read = () => timeline.value;
  const subscribe = useCallback((changed: () => void) => timeline.subscribe(changed), [timeline]);
  const state = useSyncExternalStore(subscribe, read, read);
  const loadMore = useCallback(() => timeline.loadMore(), [timeline]);
  return { ...state, loadMore };
}
