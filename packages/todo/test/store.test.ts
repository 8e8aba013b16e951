import { expect, test } from "bun:test";
import { onEveryDatabase } from "@fanfare/testing/databases";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { DEFAULT_TODO_LIMITS, FIXED_LIMITS } from "../src/limits.ts";
import { Database } from "../src/store/database.ts";
import { MIGRATIONS, migrate } from "../src/store/migrations.ts";
import { NewerSchema } from "../src/store/newer-schema.ts";
import { TodoStore } from "../src/store/todo-store.ts";
import { Unavailable } from "../src/store/unavailable.ts";

const draft = (list: string) => ({ list, title: "x", completed: false });
const any = () => true;

const versions = (database: Database) =>
  database.read(async (sql) =>
    (await sql<{ version: number }[]>`select version from todo_migrations order by version`).map(
      ({ version }) => version,
    ),
  );

onEveryDatabase((fresh, kind) => {
  test("TODO-7: older tables are migrated step by step, each once, and keep what is in them", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    const store = new TodoStore(database);
    await store.create({ list: "a", title: "x", completed: true }, {});
    await migrate(database);
    const next = [...MIGRATIONS, () => ["alter table todo_items add column note text"]];
    await migrate(database, next);
    await migrate(database, next);
    expect(await versions(database)).toEqual(next.map((_, i) => i + 1));
    expect((await store.page({ limit: 1 })).items).toMatchObject([{ title: "x", completed: true }]);
  });

  test("TODO-7: tables of the first version keep their to-dos, which can then be deleted and come back", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database, MIGRATIONS.slice(0, 1));
    await database.write(async (sql) => {
      await sql`insert into todo_lists (name, todos, completed) values ('a', 1, 0)`;
      await sql`
        insert into todo_items (id, list, title, completed, created_at, updated_at, version)
        values ('x', 'a', 'old', 0, 0, 0, 3)`;
    });
    await migrate(database);
    const store = new TodoStore(database);
    expect((await store.page({ limit: 2 })).items).toMatchObject([{ title: "old", version: 3 }]);
    await store.remove("x", any, {});
    expect(await store.create({ ...draft("a"), id: "x", version: 3 }, {})).toMatchObject({ kind: "done" });
  });

  test("TODO-9: what was deleted is known by its id for 7 days, and nothing of its title is kept", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    let now = 1;
    const store = new TodoStore(database, DEFAULT_TODO_LIMITS, () => now);
    const secret = { ...draft("a"), title: "a secret", id: crypto.randomUUID() };
    const another = { ...draft("a"), id: crypto.randomUUID() };
    await store.create(secret, {});
    await store.create(another, {});
    await store.update(secret.id, { title: "another secret" }, any, {});
    await store.remove(secret.id, any, {});
    const rows = await database.read((sql) => sql`select * from todo_items`);
    expect(JSON.stringify(rows)).not.toContain("secret");
    expect(await store.create(secret, {})).toEqual({ kind: "deleted" });
    now += 7 * 24 * 3_600_000;
    await store.remove(another.id, any, {});
    expect(await store.create(secret, {})).toEqual({ kind: "deleted" });
    now += 1;
    await store.create(another, {});
    await store.create({ ...another, version: 1 }, {});
    await store.remove(another.id, any, {});
    expect(await store.create(secret, {})).toMatchObject({ kind: "done", todo: { version: 1 } });
  });

  test("TODO-7: a migration that fails leaves the tables as they were", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    const bad = [
      ...MIGRATIONS,
      () => ["create table todo_more (a integer)", "create table todo_more (b integer)"],
    ];
    await expect(migrate(database, bad)).rejects.toThrow();
    expect(await versions(database)).toEqual(MIGRATIONS.map((_, i) => i + 1));
    await expect(database.read((sql) => sql`select * from todo_more`)).rejects.toThrow(/todo_more/);
  });

  test("TODO-7: newer tables are refused, and left as they are", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    await database.write((sql) => sql`insert into todo_migrations (version, applied_at) values (9, 0)`);
    await expect(migrate(database)).rejects.toBeInstanceOf(NewerSchema);
    expect(await versions(database)).toEqual([...MIGRATIONS.map((_, i) => i + 1), 9]);
  });

  // A file has one server, which holds its data directory.
  if (kind === "postgres") {
    test("TODO-7: several who start at once migrate once", async () => {
      const address = await fresh();
      const databases = await Promise.all(Array.from({ length: 4 }, () => Database.open(address)));
      await Promise.all(databases.map((database) => migrate(database)));
      const [first] = databases;
      expect(first && (await versions(first))).toEqual(MIGRATIONS.map((_, i) => i + 1));
      for (const database of databases) await database.close();
    });
  }

  test("TODO-5: a list has so many to-dos and there are so many lists; one too many changes nothing, and room is made by deleting", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    const store = new TodoStore(database, { ...DEFAULT_TODO_LIMITS, todosPerList: 3, lists: 2 });
    const create = async (list: string) => {
      const created = await store.create(draft(list), {});
      if (created.kind === "full") return created.what;
      return created.kind === "done" ? created.todo.id : created.kind;
    };
    const first = await create("a");
    await create("a");
    await create("a");
    expect(await create("a")).toBe("a list has at most 3 to-dos");
    const only = await create("b");
    expect(await create("c")).toBe("there are at most 2 lists");
    const before = await store.lists({ limit: 10 });
    expect(before.items).toEqual([
      { list: "a", todos: 3, completed: 0 },
      { list: "b", todos: 1, completed: 0 },
    ]);
    const queued = await database.read((sql) => sql`select * from todo_outbox`);
    expect(queued).toHaveLength(4);
    await store.remove(only, any, {});
    await store.remove(first, any, {});
    expect(await create("a")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await create("c")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("TODO-10: a user has so many to-dos, and so have all guests together, over all lists; deleting one makes room", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    const store = new TodoStore(database, { ...DEFAULT_TODO_LIMITS, todosPerUser: 3, todosOfGuests: 2 });
    const create = (list: string, owner?: string) => store.create(draft(list), {}, owner);
    const ada = await Promise.all(Array.from({ length: 12 }, (_, i) => create(`list ${i % 4}`, "ada")));
    expect(ada.map(({ kind }) => kind).sort()).toEqual([...Array(3).fill("done"), ...Array(9).fill("full")]);
    expect(await create("another", "ada")).toEqual({ kind: "full", what: "a user has at most 3 to-dos" });
    await create("guests");
    await create("guests");
    const what = "all guests together have at most 2 to-dos";
    expect(await create("guests")).toEqual({ kind: "full", what });
    expect(await create("guests", "bob")).toMatchObject({ kind: "done" });
    const { items } = await store.lists({ limit: 10 });
    expect(items.reduce((sum, { todos }) => sum + todos, 0)).toBe(6);
    expect(await database.read((sql) => sql`select * from todo_outbox`)).toHaveLength(6);

    const gone = ada.flatMap((each) => (each.kind === "done" ? [each.todo] : []))[0] ?? expect.unreachable();
    await store.remove(gone.id, any, { by: "bob" });
    const back = { ...draft(gone.list), id: gone.id, version: 1 };
    expect(await store.create(back, {}, "bob")).toMatchObject({ kind: "done" }); // counts for bob now
    expect(await create("a", "ada")).toMatchObject({ kind: "done" });
    expect(await create("a", "ada")).toMatchObject({ kind: "full" });
    expect(await create("a", "bob")).toMatchObject({ kind: "done" });
    expect(await create("a", "bob")).toMatchObject({ kind: "full" });
    for (const { id } of (await store.page({ limit: 10 })).items) await store.remove(id, any, {});
    expect(await database.read((sql) => sql`select * from todo_owners`)).toHaveLength(0);
  });

  test("TODO-9: of each user so many deleted to-dos are known, however many others delete", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    let now = 0;
    const store = new TodoStore(database, DEFAULT_TODO_LIMITS, () => ++now, 2);
    const deleted = async (owner: string) => {
      const known = { ...draft("a"), id: crypto.randomUUID() };
      await store.create(known, {}, owner);
      await store.remove(known.id, any, {});
      return known;
    };
    const first = await deleted("ada");
    const mallory = [];
    for (let i = 0; i < 5; i++) mallory.push(await deleted("mallory"));
    const second = await deleted("ada");
    expect(await database.read((sql) => sql`select * from todo_items`)).toHaveLength(4);
    for (const known of [first, second, ...mallory.slice(-2)]) {
      expect(await store.create(known, {})).toEqual({ kind: "deleted" });
    }
    expect(await store.create(mallory[0] ?? second, {})).toMatchObject({ kind: "done" });
  });

  test("TODO-7: to-dos that are older than the limits of users count for no user", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database, MIGRATIONS.slice(0, 2));
    await database.write(async (sql) => {
      await sql`insert into todo_lists (name, todos, completed) values ('a', 1, 0)`;
      await sql`
        insert into todo_items (id, list, title, completed, created_at, updated_at, version)
        values ('x', 'a', 'old', 0, 0, 0, 1)`;
    });
    await migrate(database);
    const store = new TodoStore(database, { ...DEFAULT_TODO_LIMITS, todosOfGuests: 1 });
    expect(await store.create(draft("a"), {})).toMatchObject({ kind: "done" });
    expect(await store.remove("x", any, {})).toMatchObject({ kind: "done", todo: { title: "old" } });
    expect(await store.create(draft("a"), {})).toMatchObject({ kind: "full" });
  });

  test("TODO-10: while too many notifications wait no change is made", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    const store = new TodoStore(database);
    await database.write(
      (sql) => sql`
        with recursive n (i) as (select 1 union all select i + 1 from n where i < ${FIXED_LIMITS.waitingNotifications - 1})
        insert into todo_outbox (id, list, type, data) select 'x', 'a', 'todo.updated', '{}' from n`,
    );
    const last = await store.create(draft("a"), {});
    const { id } = last.kind === "done" ? last.todo : expect.unreachable();
    await expect(store.create(draft("b"), {})).rejects.toBeInstanceOf(Unavailable);
    await expect(store.update(id, { completed: true }, any, {})).rejects.toBeInstanceOf(Unavailable);
    await expect(store.remove(id, any, {})).rejects.toBeInstanceOf(Unavailable);
    expect(await store.get(id)).toMatchObject({ version: 1, completed: false });
    expect((await store.lists({ limit: 9 })).items).toEqual([{ list: "a", todos: 1, completed: 0 }]);
    await database.write((sql) => sql`delete from todo_outbox where position = 1`);
    expect(await store.update(id, { completed: true }, any, {})).toMatchObject({ kind: "done" });
  });

  test("TODO-2: a change that fails half-way leaves neither a to-do nor a notification", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    await database.write((sql) => sql`drop table todo_outbox`);
    const store = new TodoStore(database);
    await expect(store.create(draft("a"), {})).rejects.toThrow();
    expect(await store.page({ limit: 10 })).toEqual({ items: [], next: undefined });
    expect(await store.lists({ limit: 10 })).toEqual({ items: [], next: undefined });
  });

  test("TODO-1: what is read is committed: a change that is under way, and is undone, is never seen", async () => {
    await using database = await Database.open(await fresh());
    await migrate(database);
    const store = new TodoStore(database);
    const inside = Promise.withResolvers<void>();
    const undo = Promise.withResolvers<void>();
    const undone = database.write(async (sql) => {
      await sql`
        insert into todo_items (id, list, title, completed, created_at, updated_at, version)
        values ('x', 'a', 'never', 0, 0, 0, 1)`;
      inside.resolve();
      await undo.promise;
      throw new Error("undone");
    });
    await inside.promise;
    const page = store.page({ limit: 10 });
    const read = store.get("x");
    undo.resolve();
    await expect(undone).rejects.toThrow("undone");
    expect((await page).items).toEqual([]);
    expect(await read).toBeUndefined();
  });
});

test("TODO-7: a file that is no database is refused, and left as it is", async () => {
  using place = scratchDirectory();
  const file = `${place.path}/todos.sqlite`;
  const text = "this is somebody's letter\n".repeat(100);
  await Bun.write(file, text);
  await expect(Database.open({ kind: "sqlite", file })).rejects.toBeInstanceOf(Unavailable);
  expect(await Bun.file(file).text()).toBe(text);
});
