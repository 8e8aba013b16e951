import type { TodoLimits } from "../limits.ts";
import type { Sql } from "./database.ts";
import { QuotaExceeded } from "./quota-exceeded.ts";

/** Whose limit a to-do counts for: that of the user who created or restored it, or that of all guests. */
export type Owner = string;

/** No user has this name. All guests share one limit, since a guest can take any number of names. */
export const GUESTS: Owner = "";

/** Counts one more to-do of the owner. @throws {QuotaExceeded} */
export async function countUp(sql: Sql, owner: Owner, limits: TodoLimits): Promise<void> {
  const [counted] = await sql<{ todos: number }[]>`
    insert into todo_owners (name, todos) values (${owner}, 1)
    on conflict (name) do update set todos = todo_owners.todos + 1
    returning todos`;
  const most = owner === GUESTS ? limits.todosOfGuests : limits.todosPerUser;
  if ((counted?.todos ?? 0) <= most) return;
  throw new QuotaExceeded(
    `${owner === GUESTS ? "all guests together have" : "a user has"} at most ${most} to-dos`,
  );
}

/**
 * Counts one to-do of the owner less, and forgets the owner's oldest deleted ones past a limit.
 * @param owner null for a to-do that is older than owners @param known how many deleted to-dos stay known by their ids
 */
export async function countDown(sql: Sql, owner: Owner | null, known: number): Promise<void> {
  if (owner === null) return;
  await sql`update todo_owners set todos = todos - 1 where name = ${owner}`;
  await sql`delete from todo_owners where name = ${owner} and todos <= 0`;
  await sql`
    delete from todo_items
    where owner = ${owner} and deleted_at <= (
      select deleted_at from todo_items where owner = ${owner} and deleted_at is not null
      order by deleted_at desc limit 1 offset ${known})`;
}
