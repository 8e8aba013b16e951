import { SHARED_LIMITS, type TodoList } from "@fanfare/todo/types";
import { Check, Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Badge, classNames, IconButton, Skeleton, TextField, useCloseSidebar } from "../design/index.ts";
import { followLink, navigate } from "../state/address.ts";
import { useStore } from "../state/store.ts";
import { listPath } from "./list-address.ts";
import type { ListIndex } from "./list-index.ts";
import type { OpenList } from "./open-list.ts";
import { readListName } from "./todo.ts";

/** All lists by name with the number of open to-dos. The current list is among them even while it is empty. */
export function ListLinks({ index, list }: { readonly index: ListIndex; readonly list?: OpenList }) {
  const { status, lists, isCut } = useStore(index.view);
  if (status === "loading") return <Loading />;
  const isNew = list !== undefined && !lists.some((each) => each.list === list.name);
  const shown = isNew ? [{ list: list.name, todos: 0, completed: 0 }, ...lists] : lists;
  return (
    <nav aria-label="Lists">
      {status === "failed" && <p className="px-2 py-1 text-sm text-muted">The lists can't be loaded yet.</p>}
      {status === "refused" && (
        <p className="px-2 py-1 text-sm text-muted">You can't see all lists. Enter the name of one above.</p>
      )}
      <ul className="flex flex-col gap-0.5">
        {shown.map((each) => (
          <li key={each.list}>
            {each.list === list?.name ? <CurrentLink each={each} list={list} /> : <ListLink each={each} />}
          </li>
        ))}
      </ul>
      {isCut && (
        <p className="px-2 py-2 text-sm text-muted">
          These are the first {lists.length.toLocaleString("en")}. Enter a name above to open another list.
        </p>
      )}
    </nav>
  );
}

/** Counts the rows on the page, so that unsent changes are included at once. */
function CurrentLink({ each, list }: { readonly each: TodoList; readonly list: OpenList }) {
  const { status, rows, done } = useStore(list.view);
  return (
    <ListLink
      isCurrent
      each={status === "ready" ? { list: each.list, todos: rows.length, completed: done } : each}
    />
  );
}

function ListLink({ each, isCurrent = false }: { readonly each: TodoList; readonly isCurrent?: boolean }) {
  const { list, todos, completed } = each;
  const open = todos - completed;
  return (
    <a
      href={listPath(list)}
      onClick={followLink}
      {...(isCurrent && { "aria-current": "page" as const })}
      className={classNames(
        "flex min-h-8 items-center gap-2 rounded-md px-2 py-1 no-underline transition-colors max-md:min-h-10",
        isCurrent ? "bg-accent-soft font-medium text-accent-ink" : "text-ink hover:bg-hover",
      )}
    >
      <span dir="auto" className="min-w-0 flex-1 truncate">
        {list}
      </span>
      {open > 0 && (
        <Badge tone={isCurrent ? "accent" : "neutral"}>
          {open.toLocaleString("en")}
          <span className="sr-only"> open</span>
        </Badge>
      )}
      {open === 0 && todos > 0 && (
        <>
          <Check aria-hidden className="size-4 text-positive" />
          <span className="sr-only">all done</span>
        </>
      )}
    </a>
  );
}

/** Opens a list by its name. The list is created with its first to-do. */
export function NewListForm() {
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const closeSidebar = useCloseSidebar();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const result = readListName(text);
    if (!result.ok) return setError(result.error);
    setText("");
    closeSidebar();
    navigate(listPath(result.name));
  };
  return (
    <form onSubmit={submit} className="flex items-start gap-1.5">
      <TextField
        label="New list"
        labelHidden
        placeholder="New list"
        autoComplete="off"
        value={text}
        limit={SHARED_LIMITS.listName}
        error={error}
        onValue={(value) => {
          setText(value);
          setError(undefined);
        }}
      />
      <IconButton icon={Plus} label="Open list" type="submit" variant="secondary" />
    </form>
  );
}

function Loading() {
  return (
    <div aria-busy className="flex flex-col gap-3 px-2 py-2">
      {["w-2/3", "w-1/2", "w-3/5"].map((width) => (
        <Skeleton key={width} className={`h-3.5 ${width}`} />
      ))}
    </div>
  );
}
