import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ChatClient } from "@fanfare/testing/chat-client";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";

describe("names on the chat wire", () => {
  let server: Awaited<ReturnType<typeof openServer>>;
  beforeAll(async () => {
    server = await openServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const names = [
    ["a b", "plus + and space"],
    ['"quoted"', 'Eren "the" Titan'],
    ["<b>room</b>", "<img src=x onerror=alert(1)>"],
    ["émoji-🎺", "👩‍🚀 Ünïcode"],
    ["a/b?c=d&e#f%25", "comma-free & 100% /slash\\"],
    ["__proto__", "constructor"],
    ["😀".repeat(30), "😀".repeat(64)],
  ] as const;

  test("CHAT-2 CHAT-3: rooms and users may be called anything that a name may be", async () => {
    for (const [room, username] of names) {
      const client = await ChatClient.open(
        server.url,
        `${encodeURIComponent(room)}?username=${encodeURIComponent(username)}`,
      );
      const frame = (type: string, content: string, who: string) =>
        JSON.stringify({ type, content, room, username: who });
      expect(await client.take(2)).toEqual([
        frame("online_users", username, ""),
        frame("user_joined", `${username} joined the room`, username),
      ]);
      client.send("hi");
      expect(await client.take(1)).toEqual([frame("chat", "hi", username)]);
    }
  });

  test("CHAT-2: /ws/room%20x is the room `room x`", async () => {
    const client = await ChatClient.open(server.url, "room%20x?username=Jean+Kirstein");
    expect(await client.take(1)).toEqual([
      '{"type":"online_users","content":"Jean Kirstein","room":"room x","username":""}',
    ]);
  });

  test("NAME-5: names are compared in normal form C", async () => {
    const composed = await ChatClient.enter(server.url, "caf\u00e9", "Ren\u00e9");
    await ChatClient.open(
      server.url,
      `${encodeURIComponent("cafe\u0301")}?username=${encodeURIComponent("Rene\u0301")}`,
    );
    const { content } = await composed.next(({ type }) => type === "online_users");
    expect(content).toBe("Ren\u00e9,Ren\u00e9");
  });

  test("CHAT-3: a name with a comma is not two in online_users", async () => {
    const client = await ChatClient.open(server.url, "commas?username=mallory,alice");
    expect(await client.take(2)).toEqual([
      '{"type":"online_users","content":"mallory\u201aalice","room":"commas","username":""}',
      '{"type":"user_joined","content":"mallory,alice joined the room","room":"commas","username":"mallory,alice"}',
    ]);
  });

  const missing = { error: "room and username are required" };
  for (const path of [
    "/ws/room1",
    "/ws/room1?username=",
    "/ws/?username=Eren",
    "/ws/",
    "/ws/room1?user=Eren",
  ]) {
    test(`CHAT-1: ${path} is 400 with the seed's body, whether a WebSocket was asked for or not`, async () => {
      for (const headers of [{}, UPGRADE_HEADERS]) {
        const response = await fetch(new URL(path, server.url), { headers });
        expect(response.status).toBe(400);
        expect(await response.text()).toBe(JSON.stringify(missing));
        expect(response.headers.get("content-type")).toStartWith("application/json");
      }
    });
  }

  for (const [what, path] of [
    ["a control character in the room", "/ws/a%07b?username=Eren"],
    ["a bidirectional control in the room", "/ws/a%E2%80%AEb?username=Eren"],
    ["a pattern for a room", "/ws/a*?username=Eren"],
    ["a room that is too long", `/ws/${"a".repeat(128)}?username=Eren`],
    ["a room that is not UTF-8", "/ws/%ff%fe?username=Eren"],
    ["a control character in the user name", "/ws/room1?username=a%00b"],
    ["a bidirectional control in the user name", "/ws/room1?username=%E2%80%AEnerE"],
    ["a user name that is too long", `/ws/room1?username=${"a".repeat(65)}`],
    ["a history that is no number", "/ws/room1?username=Eren&history=all"],
    ["more history than there may be", "/ws/room1?username=Eren&history=1001"],
    ["a negative position", "/ws/room1?username=Eren&after=-1"],
    ["history and after", "/ws/room1?username=Eren&history=1&after=1"],
  ] as const) {
    test(`NAME-1 NAME-2 HTTP-2: ${what} is refused before the upgrade`, async () => {
      const response = await fetch(new URL(path, server.url), { headers: UPGRADE_HEADERS });
      expect(response.status).toBe(400);
      expect(Object.keys((await response.json()) as object)).toEqual(["error"]);
    });
  }
});
