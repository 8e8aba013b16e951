import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess, ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import { refusal } from "./support/refusal.ts";

const start = (data: string, ...flags: string[]) => [
  "serve",
  "--host=127.0.0.1",
  "--port=0",
  "--web=off",
  "--data",
  data,
  ...flags,
];

describe("fanfare serve has the to-do service", () => {
  test("TODO-1 TODO-2: it keeps to-dos beside the messages, over a restart, and publishes them to their room", async () => {
    using data = scratchDirectory();
    await using first = await ServerProcess.start(data.path, "--web=off");
    const reader = await NativeClient.connect(first.url, "reader");
    await reader.follow("todo:groceries");
    const milk = await new TodoClient(first.url, "ada").create("groceries", "Milk");
    await reader.received(1);
    expect(reader.messages).toMatchObject([{ type: "todo.created", data: { todo: milk, by: "ada" } }]);
    expect(await first.end("SIGTERM")).toMatchObject({ code: 0 });
    expect(first.stderr).toBe("");
    // SQLite has put everything into the one file: it was closed.
    expect(readdirSync(data.path).filter((name) => name.startsWith("todos"))).toEqual(["todos.sqlite"]);
    await using second = await ServerProcess.start(data.path, "--web=off");
    expect(await new TodoClient(second.url).get(milk.id)).toEqual(milk);
  });

  test("with --engine memory it keeps nothing", async () => {
    using data = scratchDirectory();
    const directory = join(data.path, "unused");
    await using server = await ServerProcess.start(directory, "--web=off", "--engine=memory");
    const milk = await new TodoClient(server.url).create("groceries", "Milk");
    expect(await new TodoClient(server.url).get(milk.id)).toEqual(milk);
    expect(existsSync(directory)).toBe(false);
  });

  test("ORIGIN-4: pages of other origins change nothing", async () => {
    using data = scratchDirectory();
    await using server = await ServerProcess.start(data.path, "--web=off", "--engine=memory");
    const client = new TodoClient(server.url);
    const foreign = { origin: "https://evil.example" };
    expect((await client.ask("POST", "", { list: "a", title: "b" }, foreign)).status).toBe(403);
    expect((await client.ask("DELETE", "/x", undefined, foreign)).status).toBe(403);
    expect(await client.lists()).toEqual({ lists: [], next: null });
  });
});

describe("a to-do database that cannot be used", () => {
  const secret = "hunter2";

  test("LOG-3: an address that is none is refused, and its password is not shown", async () => {
    using data = scratchDirectory();
    const args = start(data.path, `--todo-database=mysql://ada:${secret}@localhost/todos`);
    expect(await refusal(args)).toBe(
      '--todo-database is "mysql://ada:***@localhost/todos"; it takes an address such as postgres://user@localhost/todos',
    );
    expect(readdirSync(data.path)).toEqual([]);
  });

  test("LOG-3: a PostgreSQL that is not there, whose password is neither shown nor logged", async () => {
    using data = scratchDirectory();
    // Nothing listens at port 1.
    const url = `postgres://ada:${secret}@127.0.0.1:1/todos`;
    await using fanfare = new FanfareProcess(start(data.path, `--todo-database=${url}`));
    expect(await fanfare.exited).toMatchObject({ code: 2 });
    expect(fanfare.stderr).toStartWith(
      "fanfare: the to-do database postgres://ada:***@127.0.0.1:1/todos cannot be used: ",
    );
    expect(fanfare.stderr).toEndWith("; mend it, or correct --todo-database\n");
    expect(fanfare.stdout + fanfare.stderr).not.toContain(secret);
  });

  test("HTTP-3: no client is admitted before the to-dos are open, nor where they do not open", async () => {
    using data = scratchDirectory();
    const socket = join(data.path, "socket");
    await using database = await MuteDatabase.open();
    const flags = ["--socket", socket, "--web=off", `--todo-database=${database.url}`];
    await using fanfare = new FanfareProcess(["serve", "--data", data.path, ...flags]);
    await database.called;
    const health = await fetch("http://localhost/health", { unix: socket });
    expect([health.status, await health.json()]).toEqual([
      503,
      { status: "unavailable", reason: "starting" },
    ]);
    const upgrade = { upgrade: "websocket", connection: "upgrade" };
    const refused = await fetch("http://localhost/ws", { unix: socket, headers: upgrade });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    await database[Symbol.asyncDispose]();
    expect(await fanfare.exited).toMatchObject({ code: 2 });
    expect(fanfare.stderr).toContain("cannot be used: ");
    expect(fanfare.stdout).not.toContain("server.listening");
  });

  test("TODO-7: a file that is no database stays as it is", async () => {
    using data = scratchDirectory();
    const file = join(data.path, "todos.sqlite");
    const letter = "somebody's letter\n".repeat(100);
    writeFileSync(file, letter);
    await using fanfare = new FanfareProcess(start(data.path));
    expect(await fanfare.exited).toMatchObject({ code: 2 });
    expect(fanfare.stderr).toBe(
      `fanfare: the to-do database ${file} cannot be used: file is not a database (26); mend it, or choose another directory with --data\n`,
    );
    expect(fanfare.stdout).not.toMatch(/"level":"error"|server\.listening/);
    expect(readFileSync(file, "utf8")).toBe(letter);
  });
});

/** A database that takes connections, and says nothing until it is gone. */
class MuteDatabase implements AsyncDisposable {
  readonly #clients = new Set<Socket>();
  readonly #called = Promise.withResolvers<void>();
  readonly #server = createServer((client) => {
    this.#clients.add(client);
    this.#called.resolve();
  });

  static async open(): Promise<MuteDatabase> {
    const database = new MuteDatabase();
    await once(database.#server.listen(0, "127.0.0.1"), "listening");
    return database;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it has no port");
    return `postgres://ada@127.0.0.1:${address.port}/todos`;
  }

  /** A client has connected. */
  get called(): Promise<void> {
    return this.#called.promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const client of this.#clients) client.destroy();
    return closed;
  }
}

test("LOG-3: fanfare config hides the password", async () => {
  const env = { FANFARE_TODO_DATABASE: "postgres://ada:hunter2@db.example/todos" };
  await using fanfare = new FanfareProcess(["config"], [], { env });
  expect(await fanfare.exited).toMatchObject({ code: 0 });
  expect(fanfare.stdout).toContain(
    'database = "postgres://ada:***@db.example/todos"  # FANFARE_TODO_DATABASE',
  );
  expect(fanfare.stdout).not.toContain("hunter2");
});
