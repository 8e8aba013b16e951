import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import {
  type FocusEvent,
  type KeyboardEvent,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { ScrollRegion, Skeleton } from "../design/index.ts";
import type { OpenList } from "./open-list.ts";
import type { Row } from "./optimistic-todo.ts";
import { type RowActions, TodoRow } from "./todo-row.tsx";

const USUAL_HEIGHT = 45;

export interface RowsHandle {
  /** Moves the focus into the list. */
  enter(): void;
  /** Scrolls to a row, as soon as it exists. */
  reveal(key: string): void;
}

export interface TodoRowsProps {
  readonly ref: Ref<RowsHandle>;
  readonly list: OpenList;
  readonly rows: readonly Row[];
  readonly isLoading: boolean;
  /** The user may not change the list. */
  readonly isReadOnly: boolean;
  /** The user moves up, out of the list. */
  readonly onLeave: () => void;
}

/**
 * The rows, of which only the visible ones are drawn. One row is active: it alone is in the tab order, and it is drawn
 * even if it is not visible.
 */
export function TodoRows({ ref, list, rows, isLoading, isReadOnly, onLeave }: TodoRowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const body = useRef<HTMLUListElement>(null);
  const [activeKey, setActive] = useState<string>();
  const [editedKey, setEdited] = useState(() => list.renaming?.key);
  /** The row to focus once it is drawn; a new object for each request. */
  const [focusRequest, setFocusRequest] = useState<{ readonly key: string }>();
  const handledRequest = useRef(focusRequest);
  /** The row to scroll to once it exists. */
  const revealed = useRef<string>(undefined);
  const hasFocus = useRef(false);
  const lastIndex = useRef(0);

  const { renaming } = list;
  const found = rows.findIndex(({ key }) => key === activeKey);
  const active = Math.max(0, found);
  const edited = rows.findIndex(({ key }) => key === editedKey);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 10,
    rangeExtractor: useCallback((range: Range) => withIndexes(range, [active, edited]), [active, edited]),
  });

  const goTo = useCallback((key: string | undefined) => {
    if (key === undefined) return;
    setFocusRequest({ key });
    setActive(key);
  }, []);
  useImperativeHandle(ref, () => ({
    enter: () => goTo(rows[active]?.key),
    reveal: (key) => {
      revealed.current = key;
    },
  }));

  useLayoutEffect(() => {
    const shown = rows.findIndex(({ key }) => key === revealed.current);
    if (shown < 0) return;
    revealed.current = undefined;
    virtual.scrollToIndex(shown);
  }, [rows, virtual]);
  useLayoutEffect(() => {
    if (activeKey === undefined || found >= 0) {
      if (found >= 0) lastIndex.current = found;
      return;
    }
    // The active row is gone: the row at its position becomes active.
    const next = rows[Math.min(lastIndex.current, rows.length - 1)]?.key;
    setActive(next);
    if (next !== undefined && hasFocus.current && hasLostFocus()) setFocusRequest({ key: next });
  }, [rows, found, activeKey]);
  useLayoutEffect(() => {
    if (focusRequest === undefined || focusRequest === handledRequest.current) return;
    const row = body.current?.querySelector(`[data-key="${CSS.escape(focusRequest.key)}"] [role=checkbox]`);
    if (!(row instanceof HTMLElement)) return;
    handledRequest.current = focusRequest;
    row.focus({ preventScroll: true });
    virtual.scrollToIndex(active, { align: "auto" });
  });

  const actions = useMemo<RowActions>(
    () => ({
      complete: (key, completed) => list.complete(key, completed),
      edit: (key) => {
        setActive(key);
        list.beginRenaming(key);
        setEdited(key);
      },
      typeTitle: (key, text) => list.typeTitle(key, text),
      rename: (key, title, isDone) => {
        setEdited(undefined);
        const seen = list.renaming?.seen;
        list.endRenaming();
        if (title !== undefined) list.rename(key, title, seen);
        if (isDone) goTo(key);
      },
      remove: (key) => list.remove(key),
      again: (key) => list.applyAgain(key),
      discard: (key) => {
        list.discard(key);
        goTo(key);
      },
    }),
    [list, goTo],
  );

  const press = (event: KeyboardEvent) => {
    const { key, target } = event;
    const row = rows[active];
    if (row === undefined || !(target instanceof Element) || target.closest("input") !== null) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onRow = target.closest("[role=checkbox]") !== null;
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[key];
    if (key === "ArrowUp" && active === 0) onLeave();
    else if (step !== undefined) goTo(rows[Math.max(0, Math.min(rows.length - 1, active + step))]?.key);
    else if (isReadOnly) return;
    else if (key === "F2" || (key === "Enter" && onRow)) actions.edit(row.key);
    else if (key === "Delete" || key === "Backspace") actions.remove(row.key);
    else return;
    event.preventDefault();
  };
  const focus = ({ target }: FocusEvent) => {
    hasFocus.current = true;
    const key = target.closest("[data-key]")?.getAttribute("data-key");
    if (key != null) setActive(key);
  };
  const blur = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget !== null && body.current?.contains(relatedTarget) !== true) hasFocus.current = false;
  };
  return (
    <ScrollRegion ref={scroller} label="To-dos" className="min-h-0 flex-1">
      <ul
        ref={body}
        aria-label="To-dos"
        className="relative mx-auto max-w-3xl"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={press}
        onFocus={focus}
        onBlur={blur}
      >
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const row = rows[index];
          return (
            row && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                data-key={row.key}
                data-highlighted={row.isHighlighted || undefined}
                aria-posinset={index + 1}
                aria-setsize={rows.length}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <TodoRow
                  row={row}
                  isActive={index === active}
                  isEdited={row.key === editedKey && row.problem?.kind !== "deleted"}
                  typed={renaming?.key === row.key ? renaming.text : undefined}
                  isReadOnly={isReadOnly}
                  actions={actions}
                />
              </li>
            )
          );
        })}
      </ul>
      {isLoading && (
        <div aria-busy className="mx-auto max-w-3xl px-5 py-4">
          <Skeleton className="h-3.5 w-1/3" />
        </div>
      )}
    </ScrollRegion>
  );
}

function withIndexes(range: Range, indexes: readonly number[]): number[] {
  const visible = defaultRangeExtractor(range);
  const others = indexes.filter((index) => index >= 0 && index < range.count);
  return [...new Set([...visible, ...others])].sort((a, b) => a - b);
}

/** The focused element was removed. */
function hasLostFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
