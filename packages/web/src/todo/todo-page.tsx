import { roomOf } from "@fanfare/todo/types";
import { ListChecks, Unlink } from "lucide-react";
import { useEffect } from "react";
import { EmptyState, Shell } from "../design/index.ts";
import type { Identity } from "../identity/identity.ts";
import { NameButton } from "../identity/name-button.tsx";
import { OriginBanner } from "../identity/origin-banner.tsx";
import { isPermitted } from "../identity/permissions.ts";
import { SessionBanner } from "../identity/session-banner.tsx";
import { useStore } from "../state/store.ts";
import { ConnectionBanner, ConnectionStatus } from "./connection-status.tsx";
import { useListText } from "./list-address.ts";
import { ListLinks, NewListForm } from "./list-links.tsx";
import { ListPane } from "./list-pane.tsx";
import type { OpenList } from "./open-list.ts";
import { readListName } from "./todo.ts";
import type { TodoLists } from "./todo-lists.ts";

export interface TodoPageProps {
  readonly todos: TodoLists;
  readonly identity: Identity;
}

/** The page at `/todo`, which shows all lists, and at `/todo/LIST`, which shows one. */
export function TodoPage({ todos, identity }: TodoPageProps) {
  const text = useListText();
  const result = text === undefined ? undefined : readListName(text);
  const name = result?.ok ? result.name : undefined;
  useEffect(() => {
    document.title = name === undefined ? "To-do" : `${name} · To-do`;
  }, [name]);
  if (name !== undefined)
    return <ListPage key={name} todos={todos} identity={identity} list={todos.open(name)} />;
  return (
    <Frame todos={todos} identity={identity}>
      {result?.ok === false ? (
        <EmptyState icon={Unlink} title="No such list">
          {result.error}
        </EmptyState>
      ) : (
        <Start todos={todos} />
      )}
    </Frame>
  );
}

function ListPage({ todos, identity, list }: TodoPageProps & { readonly list: OpenList }) {
  const view = useStore(list.view);
  const permitted = useStore(identity.permissions.of(roomOf(list.name)));
  return (
    <Frame todos={todos} identity={identity} list={list}>
      <ListPane list={list} view={view} isReadOnly={!isPermitted(permitted, "publish")} />
    </Frame>
  );
}

function Frame({
  todos,
  identity,
  list,
  children,
}: TodoPageProps & {
  readonly list?: OpenList;
  readonly children: React.ReactNode;
}) {
  return (
    <Shell
      page="todo"
      {...(list && { title: list.name })}
      actions={
        <>
          <ConnectionStatus client={todos.client} />
          <NameButton identity={identity} />
        </>
      }
      banner={
        <>
          <OriginBanner identity={identity}>
            <ConnectionBanner client={todos.client} {...(list && { list })} />
          </OriginBanner>
          <SessionBanner identity={identity} />
        </>
      }
      sidebar={{
        label: "Lists",
        content: (
          <div className="flex flex-col gap-3 p-3">
            <NewListForm />
            <ListLinks index={todos.index} {...(list && { list })} />
          </div>
        ),
      }}
    >
      {children}
    </Shell>
  );
}

function Start({ todos }: { readonly todos: TodoLists }) {
  const { status, lists } = useStore(todos.index.view);
  const isEmpty = status === "ready" && lists.length === 0;
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="flex flex-col gap-3 p-4 md:hidden">
        <NewListForm />
        {!isEmpty && <ListLinks index={todos.index} />}
      </div>
      <div className={isEmpty ? "contents" : "contents max-md:hidden"}>
        <EmptyState icon={ListChecks} title={isEmpty ? "No lists yet" : "Choose a list"}>
          {isEmpty ? "Enter a name to begin" : "Or enter a new name"}: everyone who has the link sees every
          change at once.
        </EmptyState>
      </div>
    </div>
  );
}
