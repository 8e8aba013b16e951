import type { TodoLimits } from "../limits.ts";
import type { Author, Todo } from "../todo.ts";
import type { Sql } from "./database.ts";
import { notify } from "./notification-outbox.ts";
import { countUp, type Owner } from "./owners.ts";
import { QuotaExceeded } from "./quota-exceeded.ts";
import { checksumOf, type ItemRow, timeOf, todoOf } from "./rows.ts";

export interface Draft {
  /** Unless given, a new one. */
  readonly id?: string;
  /** The last version of a deleted to-do, which this restores. */
  readonly version?: number;
  readonly list: string;
  readonly title: string;
  readonly completed: boolean;
}

export type Created =
  | { readonly kind: "done"; readonly todo: Todo }
  /** It was created before; this is its present state. */
  | { readonly kind: "known"; readonly todo: Todo }
  /** Another to-do has this id. */
  | { readonly kind: "taken" }
  /** It was created and is deleted. */
  | { readonly kind: "deleted" }
  | { readonly kind: "full"; readonly what: string };

/** Another transaction changed the row first: the creation starts again. */
export class Overtaken extends Error {}

/** The outcome where a to-do has the draft's id already; undefined where the draft may restore it. */
function whatIsKnown(row: ItemRow, { list, title, version }: Draft): Created | undefined {
  if (row.list !== list) return { kind: "taken" };
  if (row.deleted_at !== null) return row.version === version ? undefined : { kind: "deleted" };
  if (title !== row.title && title !== row.first_title) return { kind: "taken" };
  return { kind: "known", todo: todoOf(row) };
}

/** Creates a to-do once per id, however often a client retries. @param owner whose it is @throws {QuotaExceeded}, {Overtaken} */
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
  const todo: Todo = {
    id,
    list,
    title,
    completed,
    createdAt: timeOf(before?.created_at ?? at),
    updatedAt: timeOf(at),
    version: (before?.version ?? 0) + 1,
  };
  const checksum = checksumOf(todo);
  const done = Number(completed);
  await count(sql, list, done, limits);
  await countUp(sql, owner, limits);
  const [row] =
    before === undefined
      ? await sql<{ id: string }[]>`
            insert into todo_items (id, list, title, completed, created_at, updated_at, version, owner, checksum)
            values (${id}, ${list}, ${title}, ${done}, ${at}, ${at}, 1, ${owner}, ${checksum})
            on conflict (id) do nothing returning id`
      : await sql<{ id: string }[]>`
            update todo_items
            set title = ${title}, completed = ${done}, updated_at = ${at}, version = version + 1, deleted_at = null,
              owner = ${owner}, checksum = ${checksum}
            where id = ${id} and version = ${before.version} and deleted_at is not null
            returning id`;
  if (row === undefined) throw new Overtaken();
  return { kind: "done", todo: await notify(sql, "todo.created", todo, author) };
}

/** Counts one more to-do in the list. @throws {QuotaExceeded} */
async function count(sql: Sql, list: string, done: number, limits: TodoLimits): Promise<void> {
  const [counted] = await sql<{ todos: number }[]>`
      insert into todo_lists (name, todos, completed) values (${list}, 1, ${done})
      on conflict (name) do update set todos = todo_lists.todos + 1, completed = todo_lists.completed + ${done}
      returning todos`;
  const todos = counted?.todos ?? 0;
  if (todos > limits.todosPerList) {
    throw new QuotaExceeded(`a list has at most ${limits.todosPerList} to-dos`);
  }
  if (todos === 1 && (await countLists(sql)) > limits.lists) {
    throw new QuotaExceeded(`there are at most ${limits.lists} lists`);
  }
}

async function countLists(sql: Sql): Promise<number> {
  const [row] = await sql<{ lists: number | string }[]>`select count(*) as lists from todo_lists`;
  return Number(row?.lists ?? 0);
}
