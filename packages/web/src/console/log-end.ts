import type { Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { indexBefore, type Line } from "./line.ts";

/** Pixels from the end within which one still reads the newest. */
export const AT_END = 32;
const NOWHERE = { scrollHeight: 0, scrollTop: 0, clientHeight: 0 };

export interface LogEnd {
  /** For what scrolls within `scroller`. */
  readonly content: RefObject<HTMLOListElement | null>;
  /** Lines that came since one left the end; undefined while one is there. */
  readonly unread: number | undefined;
  /** Looks where one is now: after a scroll, or when something has changed its height. */
  readonly look: () => void;
  /** What one reads stays where it is from now on. */
  readonly leave: () => void;
  readonly goTo: () => void;
}

/** The end of the log: followed, unless one reads further up. */
export function useLogEnd(
  scroller: RefObject<HTMLElement | null>,
  virtual: Virtualizer<HTMLElement, Element>,
  lines: readonly Line[],
): LogEnd {
  /** The newest line when one left the end; undefined while one is there. */
  const [left, setLeft] = useState<number>();
  const newest = useRef<number>(undefined);
  newest.current = lines.at(-1)?.seq;
  const lastTop = useRef(0);
  const content = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  follows.current = left === undefined;
  const leave = useCallback(() => setLeft((now) => now ?? newest.current), []);
  const goTo = useCallback(() => {
    setLeft(undefined);
    virtual.scrollToEnd();
  }, [virtual]);
  // Only who scrolls up leaves the end: lines that come, or turn out larger than thought, do not take one away from it.
  const look = useCallback(() => {
    const { scrollHeight, scrollTop, clientHeight } = scroller.current ?? NOWHERE;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    const isUp = scrollTop < lastTop.current;
    lastTop.current = scrollTop;
    if (isAtEnd) setLeft(undefined);
    else if (isUp) leave();
  }, [scroller, leave]);
  const follow = useCallback(() => {
    if (follows.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [scroller]);
  const totalSize = virtual.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever what is there has changed.
  useLayoutEffect(follow, [follow, totalSize, newest.current]);
  const isEmpty = lines.length === 0;
  // A banner or a longer form takes some of the height, a line is larger than thought: the end stays in sight.
  useEffect(() => {
    const element = scroller.current;
    if (isEmpty || element === null) return;
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    if (content.current !== null) observer.observe(content.current);
    return () => observer.disconnect();
  }, [scroller, isEmpty, follow]);
  const unread = left === undefined ? undefined : lines.length - 1 - indexBefore(lines, left);
  return { content, unread, look, leave, goTo };
}
