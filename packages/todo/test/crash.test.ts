import { expect, test } from "bun:test";
import { onEveryDatabase } from "@fanfare/testing/databases";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { SeededRandom } from "@fanfare/testing/seeded-random";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import type { ChangeData, ChangeType, DatabaseAddress, Todo } from "@fanfare/todo";
import { SQL } from "bun";

const ROUNDS = 6;
const LISTS = ["groceries", "errands", "reading"];
const CLIENTS = 8;

/** One client: makes one change after the other, until it is stopped or the server is killed. */
async function work(
  client: TodoClient,
  random: SeededRandom,
  acknowledged: (todo: Todo) => boolean,
): Promise<void> {
  try {
    for (;;) {
      let todo = await client.create(random.pick(LISTS), `to-do ${random.below(1_000_000)}`);
      if (!acknowledged(todo)) return;
      for (let i = random.below(6); i > 0; i--) {
        const changes = random.below(2) === 0 ? { title: `${todo.title}!` } : { completed: !todo.completed };
        todo = await client.patch(todo.id, changes);
        if (!acknowledged(todo)) return;
      }
      if (random.below(3) > 0) continue;
      await client.remove(todo.id);
      if (!acknowledged(todo)) return;
    }
  } catch {
    // Killed in the midst of it; what became of the last change is for the database to say.
  }
}

/** Notifications that were committed and not yet removed from the outbox. */
async function waiting(database: DatabaseAddress): Promise<number> {
  await using sql =
    database.kind === "sqlite"
      ? new SQL({ adapter: "sqlite", filename: database.file })
      : new SQL(database.url);
  if (database.kind === "sqlite") await sql`pragma busy_timeout = 5000`;
  const [row] = await sql<{ entries: number | string }[]>`select count(*) as entries from todo_outbox`;
  return Number(row?.entries);
}

onEveryDatabase((fresh) => {
  test("TODO-2 KEEP-1: kill -9 between a change and its notification loses nothing, doubles nothing, and keeps each list's order", async () => {
    const random = new SeededRandom("to-dos and kill -9");
    using data = scratchDirectory();
    const given = await fresh();
    const database: DatabaseAddress =
      given.kind === "sqlite" ? { kind: "sqlite", file: `${data.path}/todos.sqlite` } : given;
    const flags = ["--web=off", ...(given.kind === "sqlite" ? [] : [`--todo-database=${given.url}`])];
    const newest = new Map<string, number>();
    let left = 0;
    let acknowledged = 0;

    for (let round = 0; round < ROUNDS; round++) {
      await using server = await ServerProcess.start(data.path, ...flags);
      const enough = Promise.withResolvers<void>();
      const goal = acknowledged + random.between(1, 120);
      const runs = Array.from({ length: CLIENTS }, () =>
        work(new TodoClient(server.url, "ada"), random, ({ id, version }) => {
          newest.set(id, version);
          if (++acknowledged >= goal) enough.resolve();
          return true;
        }),
      );
      await enough.promise;
      expect(await server.end("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
      await Promise.all(runs);
      left += await waiting(database);
    }
    expect(left).toBeGreaterThan(0); // or nothing was between its commit and its notification

    await using server = await ServerProcess.start(data.path, ...flags);
    const client = new TodoClient(server.url);
    const reader = await NativeClient.connect(server.url, "reader");
    // In each list, the last change's notification comes after everything that was left.
    for (const list of LISTS) {
      await reader.follow(`todo:${list}`, { history: 1 });
      const { id } = await client.create(list, "the last one");
      newest.set(id, 1);
      await reader.frames.when(() =>
        reader.messages.some(({ data }) => (data as unknown as ChangeData).todo.id === id),
      );
    }
    const stored = new Map((await client.all("limit=200")).map((todo) => [todo.id, todo]));
    const logged = new Map<string, { type: string; todo: Todo }[]>();
    for (const list of LISTS) {
      const log = await reader.log(`todo:${list}`);
      expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
      for (const message of log) {
        const { todo } = message.data as unknown as ChangeData;
        expect(todo.list).toBe(list);
        logged.set(todo.id, [...(logged.get(todo.id) ?? []), { type: message.type, todo }]);
      }
    }
    for (const [id, changes] of logged) {
      const last = changes.at(-1);
      const deleted = last?.type === ("todo.deleted" satisfies ChangeType);
      const versions = changes.slice(0, deleted ? -1 : undefined).map(({ todo }) => todo.version);
      expect(versions).toEqual(versions.map((_, i) => i + 1)); // each once, in order
      expect(changes[0]?.type).toBe("todo.created");
      if (deleted) expect(stored.has(id)).toBe(false);
      else expect(stored.get(id)).toEqual(last?.todo as Todo);
      expect(versions.length).toBeGreaterThanOrEqual(newest.get(id) ?? 0);
    }
    for (const id of [...newest.keys(), ...stored.keys()]) expect(logged.has(id)).toBe(true);
    console.log(
      `to-dos: ${acknowledged} changes acknowledged over ${ROUNDS} kills; ${left} notifications were still to be published`,
    );
    expect(await server.end("SIGTERM")).toMatchObject({ code: 0 });
    expect(await waiting(database)).toBe(0);
  });
});
