import type { TodoLimits } from "../limits.ts";
import type { Author, Todo } from "../todo.ts";
import type { Sql } from "./database.ts";
import { Full } from "./full.ts";
import { notify } from "./outbox.ts";
import { countFor, type Owner } from "./owners.ts";
import { type ItemRow, todoOf } from "./rows.ts";

export interface Draft {
  /** Unless given, a new one. */
  readonly id?: string;
  /** That of a deleted to-do when it was last there: it is to come back. */
  readonly version?: number;
  readonly list: string;
  readonly title: string;
  readonly completed: boolean;
}

export type Created =
  | { readonly kind: "done"; readonly todo: Todo }
  /** It was created before: how it is now. */
  | { readonly kind: "known"; readonly todo: Todo }
  /** Another to-do has this id. */
  | { readonly kind: "taken" }
  /** It was created and is deleted. */
  | { readonly kind: "deleted" }
  | { readonly kind: "full"; readonly what: string };

/** Somebody else was faster: it is looked at again. */
export class Overtaken extends Error {}

/** What became of a to-do that has the id of a draft; undefined where the draft may bring it back. */
function whatIsKnown(row: ItemRow, { list, title, version }: Draft): Created | undefined {
  if (row.list !== list) return { kind: "taken" };
  if (row.deleted_at !== null) return row.version === version ? undefined : { kind: "deleted" };
  if (title !== row.title && title !== row.first_title) return { kind: "taken" };
  return { kind: "known", todo: todoOf(row) };
}

/** Once for each id, however often it is asked for. @param owner whose it is @throws {Full}, {Overtaken} */
export async function createTodo(
  sql: Sql,
  draft: Draft,
  author: Author,
  owner: Owner,
  limits: TodoLimits,
  at: number,
): Promise<Created> {
  const { id = crypto.randomUUID(), list, title, completed } = draft;
  const [before] =
    draft.id === undefined ? [] : await sql<ItemRow[]>`select * from todo_items where id = ${id}`;
  const known = before && whatIsKnown(before, draft);
  if (known !== undefined) return known;
  const done = Number(completed);
  await count(sql, list, done, limits);
  await countFor(sql, owner, limits);
  const [row] =
    before === undefined
      ? await sql<ItemRow[]>`
            insert into todo_items (id, list, title, completed, created_at, updated_at, version, owner)
            values (${id}, ${list}, ${title}, ${done}, ${at}, ${at}, 1, ${owner})
            on conflict (id) do nothing returning *`
      : await sql<ItemRow[]>`
            update todo_items
            set title = ${title}, completed = ${done}, updated_at = ${at}, version = version + 1, deleted_at = null,
              owner = ${owner}
            where id = ${id} and version = ${before.version} and deleted_at is not null
            returning *`;
  if (row === undefined) throw new Overtaken();
  return { kind: "done", todo: await notify(sql, "todo.created", todoOf(row), author) };
}

/** One more in the list. @throws {Full} */
async function count(sql: Sql, list: string, done: number, limits: TodoLimits): Promise<void> {
  const [counted] = await sql<{ todos: number }[]>`
      insert into todo_lists (name, todos, completed) values (${list}, 1, ${done})
      on conflict (name) do update set todos = todo_lists.todos + 1, completed = todo_lists.completed + ${done}
      returning todos`;
  const todos = counted?.todos ?? 0;
  if (todos > limits.todosPerList) {
    throw new Full(`a list has at most ${limits.todosPerList} to-dos`);
  }
  if (todos === 1 && (await countLists(sql)) > limits.lists) {
    throw new Full(`there are at most ${limits.lists} lists`);
  }
}

async function countLists(sql: Sql): Promise<number> {
  const [row] = await sql<{ lists: number | string }[]>`select count(*) as lists from todo_lists`;
  return Number(row?.lists ?? 0);
}
