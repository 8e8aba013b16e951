import { DEFAULT_TODO_LIMITS, FIXED_LIMITS, type TodoLimits } from "../limits.ts";
import type { Author, Changes, Todo, TodoList } from "../todo.ts";
import { type Created, createTodo, type Draft, Overtaken } from "./creation.ts";
import type { Database, Sql } from "./database.ts";
import { notify } from "./notification-outbox.ts";
import { countDown, GUESTS, type Owner } from "./owners.ts";
import { QuotaExceeded } from "./quota-exceeded.ts";
import { checksumOf, DamagedTodo, type ItemRow, type Place, placeOf, timeOf, todoOf } from "./rows.ts";

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

/** The outcome of a change. `stale`: the to-do has another version than the client knows. */
export type Changed =
  | { readonly kind: "done"; readonly todo: Todo }
  | { readonly kind: "missing" }
  | { readonly kind: "stale"; readonly todo: Todo };

/** The to-dos. A change and its notification are one transaction (SPEC TODO-2). */
export class TodoStore {
  constructor(
    private readonly database: Database,
    private readonly limits: TodoLimits = DEFAULT_TODO_LIMITS,
    private readonly now: () => number = Date.now,
    private readonly deletedKnown: number = FIXED_LIMITS.deletedKnown,
    /** Called with the id of each to-do that a page leaves out. */
    private readonly onDamaged: (id: string) => void = () => {},
  ) {}

  /** Creates a to-do once per id, however often a client retries. @param owner whose it is; unless given, a guest's */
  async create(draft: Draft, author: Author, owner: Owner = GUESTS): Promise<Created> {
    for (;;) {
      try {
        return await this.database.write((sql) =>
          createTodo(sql, draft, author, owner, this.limits, this.now()),
        );
      } catch (error) {
        if (error instanceof QuotaExceeded) return { kind: "full", what: error.message };
        if (!(error instanceof Overtaken)) throw error;
      }
    }
  }

  async get(id: string): Promise<Todo | undefined> {
    const [row] = await this.database.read(
      (sql) => sql<ItemRow[]>`select * from todo_items where id = ${id} and deleted_at is null`,
    );
    return row && todoOf(row);
  }

  /** Ordered by list, and within a list by creation, so that what is created meanwhile comes on a later page. */
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
    return pageOf(rows, limit, (row) => this.#readable(row), placeOf);
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
      ({ list, todos, completed }) => [{ list, todos, completed }],
      ({ list }) => list,
    );
  }

  /** A change that changes nothing writes nothing and sends no notification. @param accepts whether the client knows this version */
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
      const at = this.now();
      const todo = { ...before, title, completed, updatedAt: timeOf(at), version: before.version + 1 };
      await sql`
        update todo_items
        set title = ${title}, completed = ${Number(completed)}, updated_at = ${at}, version = ${todo.version},
          first_title = coalesce(first_title, title), checksum = ${checksumOf(todo)}
        where id = ${id}`;
      return notify(sql, step > 0 ? "todo.completed" : "todo.updated", todo, author);
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
      const [row] = await sql<{ owner: Owner | null }[]>`
        update todo_items set title = '', first_title = null, checksum = null, deleted_at = ${at} where id = ${id} returning owner`;
      await sql`delete from todo_items where deleted_at < ${at - FIXED_LIMITS.deletedKnownMs}`;
      await countDown(sql, row?.owner ?? null, this.deletedKnown);
      return notify(sql, "todo.deleted", todo, author);
    });
  }

  /** @returns nothing for a damaged record, so that one does not keep a whole page from being read */
  #readable(row: ItemRow): Todo[] {
    try {
      return [todoOf(row)];
    } catch (error) {
      if (!(error instanceof DamagedTodo)) throw error;
      this.onDamaged(error.id);
      return [];
    }
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

/** Locks the to-do's list until the transaction ends, and then reads the to-do again. */
async function lock(sql: Sql, id: string): Promise<Todo | undefined> {
  const [seen] = await sql<ItemRow[]>`select * from todo_items where id = ${id}`;
  if (seen === undefined) return undefined;
  await sql`update todo_lists set todos = todos where name = ${seen.list}`;
  const [row] = await sql<ItemRow[]>`select * from todo_items where id = ${id} and deleted_at is null`;
  return row && todoOf(row);
}

function pageOf<Row, T, Cursor>(
  rows: readonly Row[],
  limit: number,
  read: (row: Row) => readonly T[],
  cursor: (row: Row) => Cursor,
): Page<T, Cursor> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.flatMap(read),
    next: rows.length > limit && last !== undefined ? cursor(last) : undefined,
  };
}
