import { expect, test } from "bun:test";
import { join } from "node:path";
import { rawExchange } from "@fanfare/testing/raw-exchange";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import type { Todo } from "@fanfare/todo";
import { TodoServer } from "./support/todo-server.ts";

const post = (title: string) => {
  const body = JSON.stringify({ list: "a", title });
  return `POST /api/todos HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};
const request = (method: string, path: string) => `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

test("HTTP-14: a change behind which another request comes with it is not made", async () => {
  using directory = scratchDirectory();
  await using server = await TodoServer.open({ kind: "sqlite", file: join(directory.path, "todos.sqlite") });
  const client = server.client();
  const there = await client.create("a", "there");
  const change = `/api/todos/${there.id}`;
  const first = post("never");
  for (const parts of [
    [post("never") + post("never")],
    [post("never") + request("GET", "/health")],
    [first.slice(0, -3), () => client.ask("GET", ""), first.slice(-3) + request("GET", "/health")],
    [request("DELETE", change) + request("GET", change)],
  ]) {
    expect(await rawExchange(server.url, 1, ...parts)).toEqual({ answers: [], closed: true });
  }
  const { body } = await client.ask<{ todos: Todo[] }>("GET", "");
  expect(body.todos).toEqual([there]);
});
