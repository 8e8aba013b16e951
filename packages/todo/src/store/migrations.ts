import type { Database, Sql } from "./database.ts";
import { NewerTables } from "./newer-tables.ts";

/** A step from one version of the tables to the next. A step that was released never changes. */
type Migration = (serial: string) => readonly string[];

export const MIGRATIONS: readonly Migration[] = [
  (serial) => [
    // A change of a list begins with its row, so that the changes of a list come one after the other.
    "create table todo_lists (name text primary key, todos integer not null, completed integer not null)",
    `create table todo_items (
      position ${serial},
      id text not null unique,
      list text not null,
      title text not null,
      completed integer not null,
      created_at bigint not null,
      updated_at bigint not null,
      version integer not null
    )`,
    "create index todo_items_by_list on todo_items (list, position)",
    `create table todo_outbox (
      position ${serial},
      id text not null,
      list text not null,
      type text not null,
      data text not null
    )`,
  ],
  () => [
    // What was deleted is known by its id for a while; of its title nothing is kept.
    "alter table todo_items add column deleted_at bigint",
    // Null while it is the present one: a client that tries again to create it sends this.
    "alter table todo_items add column first_title text",
    "drop index todo_items_by_list",
    "create index todo_items_by_list on todo_items (list, position) where deleted_at is null",
    "create index todo_items_deleted on todo_items (deleted_at) where deleted_at is not null",
  ],
  () => [
    // Whose bound it counts for: a user's, or '' for that of all guests. Null where it was created before there were bounds.
    "alter table todo_items add column owner text",
    "create table todo_owners (name text primary key, todos integer not null)",
    "create index todo_items_deleted_of on todo_items (owner, deleted_at) where deleted_at is not null",
  ],
];

/** A number that grows with every row and is never used again. */
const SERIAL = {
  sqlite: "integer primary key autoincrement",
  postgres: "bigint generated always as identity primary key",
} as const;

/** Any number will do, as long as every version of Fanfare takes the same. */
const LOCK = 7_206_001;

/** Makes the tables what this version takes them for: whole, or not at all. */
export async function migrate(database: Database, migrations = MIGRATIONS): Promise<void> {
  await database.write(async (sql) => {
    if (database.kind === "postgres") await sql`select pg_advisory_xact_lock(${LOCK})`;
    await sql.unsafe(
      "create table if not exists todo_migrations (version integer primary key, applied_at bigint not null)",
    );
    const version = await newest(sql);
    if (version > migrations.length) {
      throw new NewerTables(`its tables are of version ${version}, and this is ${migrations.length}`);
    }
    for (const [i, migration] of migrations.entries()) {
      if (i < version) continue;
      for (const statement of migration(SERIAL[database.kind])) await sql.unsafe(statement);
      await sql`insert into todo_migrations (version, applied_at) values (${i + 1}, ${Date.now()})`;
    }
  });
}

async function newest(sql: Sql): Promise<number> {
  const [row] = await sql<{ version: number | null }[]>`select max(version) as version from todo_migrations`;
  return row?.version ?? 0;
}
