import { expect, test } from "bun:test";
import type { MessageFrame } from "@fanfare/protocol";
import { onEveryDatabase } from "@fanfare/testing/databases";
import { NativeClient } from "@fanfare/testing/native-client";
import { rawExchange } from "@fanfare/testing/raw-exchange";
import { SeededRandom } from "@fanfare/testing/seeded-random";
import type { ChangeData, Publish, Todo } from "@fanfare/todo";
import { SQL } from "bun";
import { FIXED_LIMITS } from "../src/limits.ts";
import { Database } from "../src/store/database.ts";
import { migrate } from "../src/store/migrations.ts";
import { TodoServer } from "./support/todo-server.ts";

const changeOf = ({ type, data }: MessageFrame) => ({ type, ...(data as unknown as ChangeData) });

onEveryDatabase((fresh, kind) => {
  test("TODO-12: a name in X-Fanfare-User is UTF-8, encoded or as it is; what is not UTF-8 is refused", async () => {
    await using server = await TodoServer.open(await fresh());
    const reader = await NativeClient.connect(server.url, "eren");
    await reader.follow("todo:names");
    const body = '{"list":"names","title":"a"}';
    const create = async (name: string) => {
      const headers = `Host: localhost\r\nX-Fanfare-User: ${name}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
      const request = `POST /api/todos HTTP/1.1\r\n${headers}\r\n${body}`;
      return (await rawExchange(server.url, 1, request)).answers[0];
    };
    for (const name of ["Zo\xc3\xab", "Zo%C3%AB", "Zo\xc3\xab%20\xf0\x9f\xa5\x9b"]) {
      expect([name, (await create(name))?.status]).toEqual([name, 201]);
    }
    for (const name of ["Zo\xeb", "Zo%EB", "Zo\xc3", "\xed\xa0\x80", "Zo\xef\xbf\xbd", "Zo%EF%BF%BD"]) {
      const refused = await create(name);
      expect([name, refused?.status]).toEqual([name, 400]);
      expect(JSON.parse(refused?.body ?? "").errors).toMatchObject([{ field: "X-Fanfare-User" }]);
    }
    await reader.received(3);
    const by = reader.messages.map((message) => changeOf(message).by);
    expect(by).toEqual(["Zo\u00eb", "Zo\u00eb", "Zo\u00eb \u{1f95b}"]);
  });

  test("TODO-2: every change reaches everyone who has the list open, with who made it and in which request", async () => {
    await using server = await TodoServer.open(await fresh());
    const readers = await Promise.all(
      ["eren", "mikasa"].map((user) => NativeClient.connect(server.url, user)),
    );
    for (const reader of readers) await reader.follow("todo:groceries");
    const ada = server.client("Zoë 🥛");
    const milk = await ada.create("groceries", "Milk", { "x-request-id": "page-1" });
    await ada.create("elsewhere", "of another room");
    const oat = await ada.patch(milk.id, { title: "Oat milk" });
    const same = await ada.patch(milk.id, { title: "Oat milk" }); // changes nothing, so there is no notification
    const done = await server.client().patch(milk.id, { title: "Oat milk, 2 l", completed: true });
    const open = await ada.patch(milk.id, { completed: false }, { "x-request-id": "page-2" });
    await ada.remove(milk.id);
    expect(same).toEqual(oat);
    const by = "Zoë 🥛";
    for (const reader of readers) {
      await reader.received(5);
      expect(reader.messages.map(changeOf)).toEqual([
        { type: "todo.created", todo: milk, by, request: "page-1" },
        { type: "todo.updated", todo: oat, by },
        { type: "todo.completed", todo: done },
        { type: "todo.updated", todo: open, by, request: "page-2" },
        { type: "todo.deleted", todo: open, by },
      ]);
      expect(new Set(reader.messages.map(({ from }) => from))).toEqual(new Set(["todo"]));
    }
    expect(
      await readers[0]?.request({ op: "publish", room: "todo:groceries", type: "x", data: 1 }),
    ).toMatchObject({
      name: "forbidden",
    });
  });

  test("TODO-2: while nothing can be published changes go on, and are published later: all of them, in order, once", async () => {
    const random = new SeededRandom("an engine that comes and goes");
    let able = false;
    let refused = 0;
    const through =
      (publish: Publish): Publish =>
      async (notification) => {
        if (!able && ++refused >= 3) able = true;
        if (!able) return { kept: false, reason: "the disk is full", retry: true };
        able = random.below(10) > 0;
        const result = await publish(notification);
        // Kept, and the acknowledgement is lost.
        return random.below(10) > 0 ? result : { kept: false, reason: "unknown", retry: true };
      };
    const warnings: string[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (event: string) => void warnings.push(event) };
    await using server = await TodoServer.open(await fresh(), { through, log });
    const reader = await NativeClient.connect(server.url, "eren");
    await reader.follow("todo:a");
    const client = server.client();
    const { id } = await client.create("a", "0");
    for (let i = 1; i < 40; i++) await client.patch(id, { title: String(i) });
    await reader.received(40);
    able = true;
    await server.service.close();
    const stored = await reader.log("todo:a");
    expect(stored.map(({ data }) => (data as unknown as ChangeData).todo.title)).toEqual(
      Array.from({ length: 40 }, (_, i) => String(i)),
    );
    expect(reader.messages.map(({ offset }) => offset)).toEqual(stored.map((_, i) => i + 1));
    expect(warnings).toContain("todo.relay_waiting");
  });

  test("TODO-2: what a room will never take does not hold up what is behind it, and is logged", async () => {
    const errors: unknown[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (event: string) => void errors.push(event) };
    const through =
      (publish: Publish): Publish =>
      async (notification) =>
        notification.type === "todo.updated"
          ? { kept: false, reason: "too large", retry: false }
          : publish(notification);
    await using server = await TodoServer.open(await fresh(), { through, log });
    const reader = await NativeClient.connect(server.url, "eren");
    await reader.follow("todo:a");
    const client = server.client();
    const { id } = await client.create("a", "0");
    await client.patch(id, { title: "1" });
    await client.remove(id);
    await reader.received(2);
    expect(reader.messages.map(({ type }) => type)).toEqual(["todo.created", "todo.deleted"]);
    expect(errors).toEqual(["todo.notification_refused"]);
  });

  test("LOG-6: what clients cause again and again is one line of the log: changes that are refused, and notifications", async () => {
    const errors: string[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (event: string) => void errors.push(event) };
    const address = await fresh();
    {
      await using database = await Database.open(address);
      await migrate(database);
      await database.write(
        (sql) => sql`
          with recursive n (i) as (select 1 union all select i + 1 from n where i < ${FIXED_LIMITS.waitingNotifications})
          insert into todo_outbox (id, list, type, data) select 'x', 'a', 'todo.updated', '{}' from n`,
      );
    }
    const keepsNothing = () => async () => ({ kept: false, reason: "later", retry: true }) as const;
    {
      await using server = await TodoServer.open(address, { through: keepsNothing, log });
      for (let i = 0; i < 5; i++) {
        expect((await server.client().ask("POST", "", { list: "a", title: "b" })).status).toBe(503);
      }
    }
    expect(errors).toEqual(["todo.unavailable"]);
    const refusesAll = () => async () => ({ kept: false, reason: "too large", retry: false }) as const;
    await using server = await TodoServer.open(await fresh(), { through: refusesAll, log });
    for (let i = 0; i < 5; i++) await server.client().create("a", `${i}`);
    await server.service.close();
    expect(errors).toEqual(["todo.unavailable", "todo.notification_refused"]);
  });

  test("TODO-2: many clients at once: each list's notifications come in the order of its changes", async () => {
    await using server = await TodoServer.open(await fresh());
    const lists = ["a", "b", "c"];
    const reader = await NativeClient.connect(server.url, "eren");
    for (const list of lists) await reader.follow(`todo:${list}`);
    const client = server.client();
    const ids = await Promise.all(lists.map(async (list) => (await client.create(list, "0")).id));
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => client.patch(ids[i % 3] ?? "", { title: `change ${i}` })),
    );
    await reader.received(63);
    for (const list of lists) {
      const own = reader.messages.filter(({ room }) => room === `todo:${list}`);
      expect(own.map((message) => changeOf(message).todo.version)).toEqual(
        Array.from({ length: 21 }, (_, i) => i + 1),
      );
    }
  });

  test("STOP-1: a service that closes ends requests under way, publishes their changes, and takes no new ones", async () => {
    const server = await TodoServer.open(await fresh());
    await using _server = server;
    const reader = await NativeClient.connect(server.url, "eren");
    await reader.follow("todo:a");
    const client = server.client();
    const answers = Array.from({ length: 30 }, (_, i) =>
      client.ask<Todo>("POST", "", { list: "a", title: `${i}` }),
    );
    const first = await Promise.race(answers);
    expect(first.status).toBe(201);
    await server.service.close();
    const ended = await Promise.all(answers);
    for (const { status } of ended) expect([201, 503]).toContain(status);
    const created = ended.filter(({ status }) => status === 201).map(({ body }) => body.id);
    const log = await reader.log("todo:a");
    const ids = new Set(log.map(({ data }) => (data as unknown as ChangeData).todo.id));
    expect(new Set(created).isSubsetOf(ids)).toBe(true);
    const late = await client.ask("GET", "");
    expect([late.status, late.body.code, late.headers.get("retry-after")]).toEqual([503, "unavailable", "1"]);
  });

  if (kind !== "postgres") return;

  test("TODO-6: of several services on one database one relays; when it goes, the other goes on where it was", async () => {
    const database = await fresh();
    const by: string[] = [];
    const ids = new Set<string>();
    const [half, all] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const through = (name: string) => (): Publish => async (notification) => {
      by.push(name);
      ids.add(notification.id);
      if (by.length === 15) half.resolve();
      if (by.length === 30) all.resolve();
      return { kept: true };
    };
    await using first = await TodoServer.open(database, { through: through("first") });
    await using second = await TodoServer.open(database, { through: through("second") });
    const change = async (server: TodoServer) => {
      const { id } = await server.client().create("a", "0");
      for (let i = 1; i < 15; i++) await server.client().patch(id, { title: `${i}` });
    };
    await change(second);
    await half.promise;
    expect(new Set(by).size).toBe(1);
    const [relays, waits] = by[0] === "first" ? [first, second] : [second, first];
    await relays.service.close();
    await change(waits);
    await all.promise;
    const other = by[0] === "first" ? "second" : "first";
    expect(by.slice(15)).toEqual(Array.from({ length: 15 }, () => other));
    expect(ids.size).toBe(30);
  });

  test("TODO-6: a database that loses its connections is found again: changes fail with 503 or are kept, and all that were kept are published", async () => {
    const database = await fresh();
    if (database.kind !== "postgres") throw new Error("not PostgreSQL");
    await using server = await TodoServer.open(database);
    await using admin = new SQL(database.url);
    const reader = await NativeClient.connect(server.url, "eren");
    await reader.follow("todo:a");
    const client = server.client();
    const kept = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const answers = Array.from({ length: 10 }, (_, j) =>
        client.ask<{ id: string }>("POST", "", { list: "a", title: `${i} ${j}` }),
      );
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
      for (const { status, body } of await Promise.all(answers)) {
        expect([201, 503]).toContain(status);
        if (status === 201) kept.add(body.id);
      }
    }
    const last = await (async () => {
      for (;;) {
        const { status, body } = await client.ask<{ id: string }>("POST", "", { list: "a", title: "last" });
        if (status === 201) return body.id;
      }
    })();
    kept.add(last);
    const publishedIds = () => reader.messages.map((message) => changeOf(message).todo.id);
    await reader.frames.when(() => publishedIds().includes(last));
    const stored = (await client.all("list=a")).map(({ id }) => id);
    expect(publishedIds()).toEqual(stored); // in the order of their creation, each once
    expect(kept.isSubsetOf(new Set(stored))).toBe(true);
  });
});
