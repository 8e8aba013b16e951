import { CircleAlert, CircleCheck, ListTodo } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, CopyButton, EmptyState, Kbd, Segmented, Skeleton } from "../design/index.ts";
import { AddForm } from "./add-form.tsx";
import type { ListView, OpenList } from "./open-list.ts";
import type { Row } from "./optimistic-todo.ts";
import { type RowsHandle, TodoRows } from "./todo-rows.tsx";

type Filter = "all" | "open" | "done";

const FILTERS: Record<Filter, (row: Row) => boolean> = {
  all: () => true,
  open: ({ completed, problem }) => !completed || problem !== undefined,
  done: ({ completed, problem }) => completed || problem !== undefined,
};

export interface ListPaneProps {
  readonly list: OpenList;
  readonly view: ListView;
  /** The user may not change the list. */
  readonly isReadOnly: boolean;
}

/** One list: adding, filtering, and its to-dos. */
export function ListPane({ list, view, isReadOnly }: ListPaneProps) {
  const [filter, setFilter] = useState<Filter>("all");
  const rows = useRef<RowsHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const toField = () => field.current?.focus();
  useShortcuts(toField);
  const count = view.rows.length;
  const shown = filter === "all" ? view.rows : view.rows.filter(FILTERS[filter]);
  const add = (title: string) => {
    const key = list.add(title);
    if (filter === "done") setFilter("all");
    rows.current?.reveal(key);
  };
  return (
    <>
      <div className="border-line border-b bg-surface">
        <div className="mx-auto flex w-full max-w-3xl flex-col gap-3 px-5 py-3 max-md:px-4">
          {isReadOnly ? (
            <p className="text-sm text-muted">
              You can read this list but not change it: you don't have the permission publish.
            </p>
          ) : (
            <AddForm
              ref={field}
              initialTitle={list.newTitle}
              onTitle={(title) => {
                list.newTitle = title;
              }}
              onAdd={add}
              onLeave={() => rows.current?.enter()}
            />
          )}
          <div className="flex flex-wrap items-center gap-2">
            <Segmented
              label="Show"
              value={filter}
              onValue={setFilter}
              options={[
                { value: "all", label: `All ${number(count)}` },
                { value: "open", label: `Open ${number(count - view.done)}` },
                { value: "done", label: `Done ${number(view.done)}` },
              ]}
            />
            <span className="flex-1" />
            <CopyButton text={() => location.href}>Copy link</CopyButton>
          </div>
        </div>
      </div>
      {shown.length > 0 ? (
        <TodoRows
          ref={rows}
          list={list}
          rows={shown}
          isLoading={view.status === "loading"}
          isReadOnly={isReadOnly}
          onLeave={toField}
        />
      ) : (
        <EmptyList list={list} view={view} filter={filter} isReadOnly={isReadOnly} />
      )}
      {shown.length > 0 && !isReadOnly && <Keys />}
    </>
  );
}

function EmptyList({
  list,
  view: { status, failure, isRefused, rows },
  filter,
  isReadOnly,
}: ListPaneProps & { readonly filter: Filter }) {
  if (status === "loading") return <Loading />;
  if (status === "failed") {
    return (
      <EmptyState
        icon={CircleAlert}
        title={isRefused ? "You can't read this list" : "The list can't be loaded"}
        action={<Button onClick={() => list.loadNow()}>Try again</Button>}
      >
        {failure} {!isRefused && "Retrying automatically."}
      </EmptyState>
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState icon={ListTodo} title="Nothing to do yet">
        {isReadOnly
          ? "New to-dos appear here at once."
          : "Add the first to-do above. Everyone who has this list open sees it at once."}
      </EmptyState>
    );
  }
  return filter === "open" ? (
    <EmptyState icon={CircleCheck} title="All done">
      This list has no open to-dos.
    </EmptyState>
  ) : (
    <EmptyState icon={ListTodo} title="Nothing done yet">
      Completed to-dos appear here.
    </EmptyState>
  );
}

function Loading() {
  return (
    <div aria-busy className="mx-auto flex w-full max-w-3xl flex-col gap-5 px-5 py-4 max-md:px-4">
      {["w-1/2", "w-3/4", "w-2/5", "w-3/5"].map((width) => (
        <div key={width} className="flex items-center gap-3">
          <Skeleton className="size-4.5 rounded-full" />
          <Skeleton className={`h-3.5 ${width}`} />
        </div>
      ))}
    </div>
  );
}

const KEYS = [
  ["↑ ↓", "select"],
  ["Space", "done"],
  ["Enter", "rename"],
  ["Delete", "delete"],
  ["N", "add"],
] as const;

function Keys() {
  return (
    <footer className="border-line border-t max-md:hidden">
      <ul
        aria-label="Keys"
        className="mx-auto flex max-w-3xl flex-wrap gap-x-4 gap-y-1 px-5 py-2 text-xs text-muted"
      >
        {KEYS.map(([key, does]) => (
          <li key={key} className="flex items-center gap-1.5">
            <Kbd>{key}</Kbd> {does}
          </li>
        ))}
      </ul>
    </footer>
  );
}

/** `n` and `/`, unless the focus is in a field. */
function useShortcuts(add: () => void): void {
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, metaKey, altKey } = event;
      if ((key !== "n" && key !== "/") || ctrlKey || metaKey || altKey || event.defaultPrevented) return;
      if (!(target instanceof Element)) return;
      if (target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]")) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function number(value: number): string {
  return value.toLocaleString("en");
}
