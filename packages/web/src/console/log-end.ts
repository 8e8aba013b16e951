import type { Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { indexBefore, type Line } from "./line.ts";

/** Pixels from the end within which the user counts as reading the end. */
export const AT_END = 32;
const NOWHERE = { scrollHeight: 0, scrollTop: 0, clientHeight: 0 };

export interface LogEnd {
  /** The element that scrolls within `scroller`. */
  readonly content: RefObject<HTMLOListElement | null>;
  /** Lines since the user left the end; undefined while the user is there. */
  readonly unread: number | undefined;
  /** Must be called after a scroll or a change of height. */
  readonly update: () => void;
  /** Stops following the end. */
  readonly leave: () => void;
  readonly goTo: () => void;
}

/** Follows the end of the log, unless the user reads further up. */
export function useLogEnd(
  scroller: RefObject<HTMLElement | null>,
  virtual: Virtualizer<HTMLElement, Element>,
  lines: readonly Line[],
): LogEnd {
  /** The newest line when the user left the end; undefined while the user is there. */
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
  // The user leaves the end only by scrolling up, not by lines that arrive or turn out higher than estimated.
  const update = useCallback(() => {
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the lines.
  useLayoutEffect(follow, [follow, totalSize, newest.current]);
  const isEmpty = lines.length === 0;
  // A banner, a longer form or a line that is higher than estimated changes the height: the end stays visible.
  useEffect(() => {
    const element = scroller.current;
    if (isEmpty || element === null) return;
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    if (content.current !== null) observer.observe(content.current);
    return () => observer.disconnect();
  }, [scroller, isEmpty, follow]);
  const unread = left === undefined ? undefined : lines.length - 1 - indexBefore(lines, left);
  return { content, unread, update, leave, goTo };
}
