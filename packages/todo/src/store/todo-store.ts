import { BOUNDS } from "../bounds.ts";
import { type Author, type ChangeType, changeJson, type Todo, type TodoList } from "../todo.ts";
import type { Database, Sql } from "./database.ts";
import { type ItemRow, type Place, placeOf, todoOf } from "./rows.ts";

export interface Draft {
  /** Unless given, a new one. */
  readonly id?: string;
  /** That of a deleted to-do when it was last there: it is to come back. */
  readonly version?: number;
  readonly list: string;
  readonly title: string;
  readonly completed: boolean;
}

export type Changes = Partial<Pick<Todo, "title" | "completed">>;

export interface Page<T, Cursor> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined where this is the last. */
  readonly next: Cursor | undefined;
}

export interface TodoQuery {
  readonly list?: string;
  readonly completed?: boolean;
  readonly after?: Place;
  readonly limit: number;
}

/** What became of a change. `stale`: the to-do has another version than the client knows. */
export type Changed =
  | { readonly kind: "done"; readonly todo: Todo }
  | { readonly kind: "missing" }
  | { readonly kind: "stale"; readonly todo: Todo };

export type Created =
  | { readonly kind: "done"; readonly todo: Todo }
  /** It was created before: how it is now. */
  | { readonly kind: "known"; readonly todo: Todo }
  /** Another to-do has this id. */
  | { readonly kind: "taken" }
  /** It was created and is deleted. */
  | { readonly kind: "deleted" }
  | { readonly kind: "full"; readonly what: string };

/** The to-dos. A change and its notification are one transaction (SPEC TODO-2). */
export class TodoStore {
  constructor(
    private readonly database: Database,
    bounds: Partial<Bounds> = {},
    private readonly now: () => number = Date.now,
  ) {}

  /** Once for each id, however often it is asked for. */
  async create(draft: Draft, author: Author): Promise<Created> {
    for (;;) {
      try {
        return await this.database.write((sql) => this.#create(sql, draft, author));
      } catch (error) {
        if (error instanceof Full) return { kind: "full", what: error.message };
        if (!(error instanceof Overtaken)) throw error;
      }
    }
  }

  async #create(sql: Sql, draft: Draft, author: Author): Promise<Created> {
    const { id = crypto.randomUUID(), list, title, completed } = draft;
    const [before] =
      draft.id === undefined ? [] : await sql<ItemRow[]>`select * from todo_items where id = ${id}`;
    const known = before && whatIsKnown(before, draft);
    if (known !== undefined) return known;
    const [done, at] = [Number(completed), this.now()];
    await this.#count(sql, list, done);
    const [row] =
      before === undefined
        ? await sql<ItemRow[]>`
            insert into todo_items (id, list, title, completed, created_at, updated_at, version)
            values (${id}, ${list}, ${title}, ${done}, ${at}, ${at}, 1)
            on conflict (id) do nothing returning *`
        : await sql<ItemRow[]>`
            update todo_items
            set title = ${title}, completed = ${done}, updated_at = ${at}, version = version + 1, deleted_at = null
            where id = ${id} and version = ${before.version} and deleted_at is not null
            returning *`;
    if (row === undefined) throw new Overtaken();
    return { kind: "done", todo: await notify(sql, "todo.created", todoOf(row), author) };
  }

  /** One more in the list. @throws {Full} */
  async #count(sql: Sql, list: string, done: number): Promise<void> {
    const [counted] = await sql<{ todos: number }[]>`
      insert into todo_lists (name, todos, completed) values (${list}, 1, ${done})
      on conflict (name) do update set todos = todo_lists.todos + 1, completed = todo_lists.completed + ${done}
      returning todos`;
    const todos = counted?.todos ?? 0;
    if (todos > this.bounds.todosPerList) {
      throw new Full(`a list has at most ${this.bounds.todosPerList} to-dos`);
    }
    if (todos === 1 && (await countLists(sql)) > this.bounds.lists) {
      throw new Full(`there are at most ${this.bounds.lists} lists`);
    }
  }

  async get(id: string): Promise<Todo | undefined> {
    const [row] = await this.database.read(
      (sql) => sql<ItemRow[]>`select * from todo_items where id = ${id} and deleted_at is null`,
    );
    return row && todoOf(row);
  }

  /** By list, and in a list in the order of their creation: what is created meanwhile comes behind. */
  async page({ list, completed, after, limit }: TodoQuery): Promise<Page<Todo, Place>> {
    const { list: from, position } = after ?? { list: "", position: 0 };
    const [low, high] = completed === undefined ? [0, 1] : [Number(completed), Number(completed)];
    const rows = await this.database.read((sql) =>
      list === undefined
        ? sql<ItemRow[]>`
            select * from todo_items
            where (list, position) > (${from}, ${position}) and completed between ${low} and ${high}
              and deleted_at is null
            order by list, position limit ${limit + 1}`
        : sql<ItemRow[]>`
            select * from todo_items
            where list = ${list} and position > ${position} and completed between ${low} and ${high}
              and deleted_at is null
            order by position limit ${limit + 1}`,
    );
    return pageOf(rows, limit, todoOf, placeOf);
  }

  async lists({ after = "", limit }: { after?: string; limit: number }): Promise<Page<TodoList, string>> {
    const rows = await this.database.read(
      (sql) => sql<TodoList[]>`
        select name as list, todos, completed from todo_lists
        where name > ${after} order by name limit ${limit + 1}`,
    );
    return pageOf(
      rows,
      limit,
      ({ list, todos, completed }) => ({ list, todos, completed }),
      ({ list }) => list,
    );
  }

  /** What is as it should be already is left alone, and nobody is told. @param accepts whether the client knows this version */
  async update(
    id: string,
    changes: Changes,
    accepts: (version: number) => boolean,
    author: Author,
  ): Promise<Changed> {
    return this.#change(id, accepts, async (sql, before) => {
      const { title = before.title, completed = before.completed } = changes;
      if (title === before.title && completed === before.completed) return before;
      const step = Number(completed) - Number(before.completed);
      if (step !== 0) {
        await sql`update todo_lists set completed = completed + ${step} where name = ${before.list}`;
      }
      const [row] = await sql<ItemRow[]>`
        update todo_items
        set title = ${title}, completed = ${Number(completed)}, updated_at = ${this.now()}, version = version + 1,
          first_title = coalesce(first_title, title)
        where id = ${id}
        returning *`;
      return notify(sql, step > 0 ? "todo.completed" : "todo.updated", changed(row), author);
    });
  }

  async remove(id: string, accepts: (version: number) => boolean, author: Author): Promise<Changed> {
    return this.#change(id, accepts, async (sql, todo) => {
      const { list, completed } = todo;
      await sql`
        update todo_lists set todos = todos - 1, completed = completed - ${Number(completed)}
        where name = ${list}`;
      await sql`delete from todo_lists where name = ${list} and todos = 0`;
      const at = this.now();
      await sql`update todo_items set title = '', first_title = null, deleted_at = ${at} where id = ${id}`;
      await sql`delete from todo_items where deleted_at < ${at - this.bounds.deletedKnown}`;
      return notify(sql, "todo.deleted", todo, author);
    });
  }

  #change(
    id: string,
    accepts: (version: number) => boolean,
    change: (sql: Sql, before: Todo) => Promise<Todo>,
  ): Promise<Changed> {
    return this.database.write(async (sql) => {
      const before = await lock(sql, id);
      if (before === undefined) return { kind: "missing" };
      if (!accepts(before.version)) return { kind: "stale", todo: before };
      return { kind: "done", todo: await change(sql, before) };
    });
  }
}

/** Thrown, so that the transaction is rolled back. */
class Full extends Error {}

/** Somebody else was faster: it is looked at again. */
class Overtaken extends Error {}

/** What became of a to-do that has the id of a draft; undefined where the draft may bring it back. */
function whatIsKnown(row: ItemRow, { list, title, version }: Draft): Created | undefined {
  if (row.list !== list) return { kind: "taken" };
  if (row.deleted_at !== null) return row.version === version ? undefined : { kind: "deleted" };
  if (title !== row.title && title !== row.first_title) return { kind: "taken" };
  return { kind: "known", todo: todoOf(row) };
}

/** Has the list to itself until the transaction ends, and then reads the to-do again. */
async function lock(sql: Sql, id: string): Promise<Todo | undefined> {
  const [seen] = await sql<ItemRow[]>`select * from todo_items where id = ${id}`;
  if (seen === undefined) return undefined;
  await sql`update todo_lists set todos = todos where name = ${seen.list}`;
  const [row] = await sql<ItemRow[]>`select * from todo_items where id = ${id} and deleted_at is null`;
  return row && todoOf(row);
}

async function countLists(sql: Sql): Promise<number> {
  const [row] = await sql<{ lists: number | string }[]>`select count(*) as lists from todo_lists`;
  return Number(row?.lists ?? 0);
}

/** The notification waits in the outbox for the relay. */
async function notify(sql: Sql, type: ChangeType, todo: Todo, author: Author): Promise<Todo> {
  await sql`
    insert into todo_outbox (id, list, type, data)
    values (${`todo:${crypto.randomUUID()}`}, ${todo.list}, ${type}, ${changeJson(todo, author)})`;
  return todo;
}

function changed(row: ItemRow | undefined): Todo {
  if (row === undefined) throw new Error("a changed to-do has no row");
  return todoOf(row);
}

function pageOf<Row, T, Cursor>(
  rows: readonly Row[],
  limit: number,
  read: (row: Row) => T,
  cursor: (row: Row) => Cursor,
): Page<T, Cursor> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(read),
    next: rows.length > limit && last !== undefined ? cursor(last) : undefined,
  };
}
