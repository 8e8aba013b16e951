import { expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { NativeClient } from "@fanfare/testing/native-client";
import { rawExchange } from "@fanfare/testing/raw-exchange";
import { openServer } from "@fanfare/testing/test-server";
import { BY_SECRET, token } from "@fanfare/testing/tokens";
import { upgradeRequest } from "@fanfare/testing/upgrade-request";

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

test("HTTP-14: requests behind one that is answered at once are answered in their order", async () => {
  const http = (request: Request) => new Response(new URL(request.url).pathname);
  await using server = await openServer({ engine: { kind: "memory" }, http });
  const { answers } = await rawExchange(server.url, 3, get("/a") + get("/health") + get("/b"));
  expect(answers.map(({ body }) => body)).toEqual(["/a", '{"status":"ok"}', "/b"]);
});

test("HTTP-14: a request behind one that is not answered yet closes the connection, and is not carried out", async () => {
  const slow = { begun: Promise.withResolvers<void>(), answer: Promise.withResolvers<void>() };
  const asked: string[] = [];
  const http = async (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === "/slow") slow.begun.resolve();
    await slow.answer.promise;
    return new Response(pathname);
  };
  await using server = await openServer({ engine: { kind: "memory" }, http });
  const other = await ChatClient.enter(server.url, "room1", "other");
  const upgrade = upgradeRequest(new URL("/ws/room1?username=behind", server.url));
  for (const behind of [get("/behind"), get("/behind").replace("GET", "POST"), upgrade]) {
    for (const parts of [[get("/slow") + behind], [get("/slow"), () => slow.begun.promise, behind]]) {
      expect(await rawExchange(server.url, 1, ...parts)).toEqual({ answers: [], closed: true });
    }
  }
  slow.answer.resolve();
  await ChatClient.enter(server.url, "room1", "last");
  await other.next(({ type, username }) => type === "user_joined" && username === "last");
  expect(new Set(asked)).toEqual(new Set(["/slow"]));
  expect(other.raw.join()).not.toContain("behind");
});

test("HTTP-14: a revocation behind which another request comes with it revokes nobody", async () => {
  await using server = await openServer({ engine: { kind: "memory" }, auth: BY_SECRET });
  const bearer = await token({ sub: "root", rooms: { "*": ["admin"] } });
  const ada = await NativeClient.open(server.url);
  await ada.ok({ op: "hello", token: await token("ada") });
  const body = '{"user":"ada"}';
  const head = `POST /api/admin/revoke HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${bearer}\r\nContent-Length: ${body.length}\r\n`;
  const both = `${head}\r\n${body}${get("/health")}`;
  expect(await rawExchange(server.url, 1, both)).toEqual({ answers: [], closed: true });
  expect(await ada.request({ op: "ping" })).toMatchObject({ op: "pong" });
  const { answers } = await rawExchange(
    server.url,
    1,
    `${head}Connection: close\r\n\r\n${body}${get("/health")}`,
  );
  expect(answers.map(({ status }) => status)).toEqual([200]);
  expect((await ada.closed).code).toBe(4501);
});
