import type { Database, Sql } from "./database.ts";
import { NewerSchema } from "./newer-schema.ts";
import { checksumOf, type ItemRow, todoOf } from "./rows.ts";

/** A step from one version of the tables to the next. A step that was released never changes. */
type Migration = (serial: string) => readonly string[];

export const MIGRATIONS: readonly Migration[] = [
  (serial) => [
    // Each change of a list first updates the list's row, which serialises the changes of one list.
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
    // A deleted to-do stays known by its id for a while, without its title.
    "alter table todo_items add column deleted_at bigint",
    // The title at creation, which a retry sends; null while it is the present one.
    "alter table todo_items add column first_title text",
    "drop index todo_items_by_list",
    "create index todo_items_by_list on todo_items (list, position) where deleted_at is null",
    "create index todo_items_deleted on todo_items (deleted_at) where deleted_at is not null",
  ],
  () => [
    // Whose limit it counts for: a user's, or '' for that of all guests. Null for to-dos that are older than limits.
    "alter table todo_items add column owner text",
    "create table todo_owners (name text primary key, todos integer not null)",
    "create index todo_items_deleted_of on todo_items (owner, deleted_at) where deleted_at is not null",
  ],
  () => [
    // Of the version that it begins with. To-dos that are older than checksums get theirs in `addChecksums`.
    "alter table todo_items add column checksum text",
  ],
  () => ["alter table todo_outbox add column checksum text"],
];

/** The version of the tables from which on to-dos have checksums. */
const CHECKED_SINCE = 4;

/** A number that grows with every row and is never used again. */
const SERIAL = {
  sqlite: "integer primary key autoincrement",
  postgres: "bigint generated always as identity primary key",
} as const;

/** Any number will do, as long as every version of Fanfare takes the same. */
const LOCK = 7_206_001;

/** Brings the tables to this version, in one transaction. */
export async function migrate(database: Database, migrations = MIGRATIONS): Promise<void> {
  await database.write(async (sql) => {
    if (database.kind === "postgres") await sql`select pg_advisory_xact_lock(${LOCK})`;
    await sql.unsafe(
      "create table if not exists todo_migrations (version integer primary key, applied_at bigint not null)",
    );
    const version = await newest(sql);
    if (version > migrations.length) {
      throw new NewerSchema(`its tables are of version ${version}, and this is ${migrations.length}`);
    }
    for (const [i, migration] of migrations.entries()) {
      if (i < version) continue;
      for (const statement of migration(SERIAL[database.kind])) await sql.unsafe(statement);
      if (i + 1 === CHECKED_SINCE) await addChecksums(sql);
      await sql`insert into todo_migrations (version, applied_at) values (${i + 1}, ${Date.now()})`;
    }
  });
}

async function newest(sql: Sql): Promise<number> {
  const [row] = await sql<{ version: number | null }[]>`select max(version) as version from todo_migrations`;
  return row?.version ?? 0;
}

async function addChecksums(sql: Sql): Promise<void> {
  const rows = await sql<ItemRow[]>`select * from todo_items where deleted_at is null`;
  for (const row of rows) {
    await sql`update todo_items set checksum = ${checksumOf(todoOf(row))} where id = ${row.id}`;
  }
}
