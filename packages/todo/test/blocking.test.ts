import { expect, test } from "bun:test";
import { join } from "node:path";
import { startOnFullDisk } from "@fanfare/testing/full-disk";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { TodoClient } from "@fanfare/testing/todo-client";
import { FIXED_LIMITS, type Todo } from "@fanfare/todo";
import { SQL } from "bun";
import { TodoServer } from "./support/todo-server.ts";

test("ERR-2: while another program has the to-dos' file locked, changes wait, and nothing else does", async () => {
  using place = scratchDirectory();
  const file = join(place.path, "todos.sqlite");
  await using server = await TodoServer.open({ kind: "sqlite", file });
  const ada = await NativeClient.connect(server.url, "ada");
  await using other = new SQL({ adapter: "sqlite", filename: file });
  await other`pragma busy_timeout = 5000`;
  let answered = false;
  const locked = await other.begin("immediate", async () => {
    const answer = server
      .client()
      .ask("POST", "", { list: "a", title: "b" })
      .finally(() => {
        answered = true;
      });
    for (let i = 0; i < 10; i++) await ada.publish("chat:lobby", "chat", { text: `${i}` });
    expect(answered).toBe(false);
    return { answer };
  });
  expect((await locked.answer).status).toBe(201); // it waited for the lock, and got it
});

test("TODO-5: past 256 requests that wait, clients are asked to come back", async () => {
  using place = scratchDirectory();
  const file = join(place.path, "todos.sqlite");
  await using server = await TodoServer.open({ kind: "sqlite", file });
  await using other = new SQL({ adapter: "sqlite", filename: file });
  await other`pragma busy_timeout = 5000`;
  const ask = async () => {
    const body = JSON.stringify({ list: "a", title: "b" });
    const headers = { "content-type": "application/json" };
    const request = new Request(new URL("/api/todos", server.url).href, { method: "POST", headers, body });
    return (await server.service.handle(request))?.status;
  };
  const all = await other.begin("immediate", async () => {
    const waiting = Array.from({ length: FIXED_LIMITS.requests }, ask);
    expect(await ask()).toBe(503);
    expect(await ask()).toBe(503);
    return { waiting };
  });
  expect(new Set(await Promise.all(all.waiting))).toEqual(new Set([201]));
  expect(await ask()).toBe(201);
});

test("KEEP-3: a full disk: changes are answered with 503 and not made, and reads go on", async () => {
  using place = scratchDirectory();
  await using server = await startOnFullDisk(place.path, 600);
  const client = new TodoClient(server.url);
  const kept: string[] = [];
  for (;;) {
    const title = "x".repeat(500);
    const { status, body } = await client.ask<Todo>("POST", "", { list: "a", title });
    if (status !== 201) {
      expect(status).toBe(503);
      break;
    }
    kept.push(body.id);
  }
  expect(kept.length).toBeGreaterThan(10);
  expect((await client.ask("POST", "", { list: "a", title: "again ".repeat(80) })).status).toBe(503);
  expect((await client.all("list=a&limit=200")).map(({ id }) => id)).toEqual(kept);
  expect((await client.lists()).lists).toEqual([{ list: "a", todos: kept.length, completed: 0 }]);
  expect(await server.end("SIGTERM")).toMatchObject({ code: 0 });
});
