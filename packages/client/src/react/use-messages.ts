import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { MessageTypes, Room } from "../index.ts";
import { type TimelineState, timelineOf } from "./timeline.ts";

export interface RoomMessages<M extends MessageTypes, Out extends MessageTypes = M>
  extends TimelineState<M, Out> {
  /** Loads the page before the oldest message. @throws as `Room.history` */
  readonly loadMore: () => Promise<void>;
}

/**
 * The messages of a room with the outgoing ones, and its history page by page. All components share one timeline.
 *
 * @param options.keep how many of the newest messages stay in memory; 100,000 by default
 */
export function useMessages<M extends MessageTypes, Out extends MessageTypes>(
  room: Room<M, Out>,
  { keep }: { readonly keep?: number } = {},
): RoomMessages<M, Out> {
  const timeline = timelineOf(room);
  useEffect(() => {
    if (keep !== undefined) timeline.keep = keep;
  }, [timeline, keep]);
  const read = () => timeline.value;
  const subscribe = useCallback((changed: () => void) => timeline.subscribe(changed), [timeline]);
  const state = useSyncExternalStore(subscribe, read, read);
  const loadMore = useCallback(() => timeline.loadMore(), [timeline]);
  return { ...state, loadMore };
}
