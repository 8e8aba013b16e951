import type { TodoLimits } from "../limits.ts";
import type { Sql } from "./database.ts";
import { Full } from "./full.ts";

/** Whose bound a to-do counts for: the user's who created it or brought it back, or that of all guests. */
export type Owner = string;

/** No user is called so. A guest's name proves nothing: whoever counted by it could take another, and another. */
export const GUESTS: Owner = "";

/** One more of the owner's. @throws {Full} */
export async function countFor(sql: Sql, owner: Owner, limits: TodoLimits): Promise<void> {
  const [counted] = await sql<{ todos: number }[]>`
    insert into todo_owners (name, todos) values (${owner}, 1)
    on conflict (name) do update set todos = todo_owners.todos + 1
    returning todos`;
  const most = owner === GUESTS ? limits.todosOfGuests : limits.todosPerUser;
  if ((counted?.todos ?? 0) <= most) return;
  throw new Full(`${owner === GUESTS ? "all guests together have" : "a user has"} at most ${most} to-dos`);
}

/**
 * One less of the owner's, who deleted so many more that the oldest are forgotten.
 * @param owner null where the to-do is from before there were owners @param known how many that were deleted are known
 */
export async function discount(sql: Sql, owner: Owner | null, known: number): Promise<void> {
  if (owner === null) return;
  await sql`update todo_owners set todos = todos - 1 where name = ${owner}`;
  await sql`delete from todo_owners where name = ${owner} and todos <= 0`;
  await sql`
    delete from todo_items
    where owner = ${owner} and deleted_at <= (
      select deleted_at from todo_items where owner = ${owner} and deleted_at is not null
      order by deleted_at desc limit 1 offset ${known})`;
}
