import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";

const open = (server: URL, path: string) => WebSocketClient.open(path, server, path);

test("FEED-5: /feed/orders.* listens to all topics that match, also to those where nobody is", async () => {
  await using server = await openServer();
  const [listener, all] = [await open(server.url, "/feed/orders.*"), await open(server.url, "/feed/*")];
  const native = await NativeClient.connect(server.url, "Armin");
  await native.publish("feed:orders.eu", "feed", { email: "a", content: "1" });
  await native.publish("feed:news", "feed", { email: "a", content: "2" });
  await native.publish("feed:orders.us", "note", { email: "a", content: "3" });
  await native.publish("chat:orders.us", "feed", { email: "a", content: "4" });
  const eu = await open(server.url, "/feed/orders.eu");
  eu.send('{"content":"5"}');
  await eu.frames.take(1);
  expect(await listener.frames.take(2)).toEqual([
    '{"email":"a","content":"1"}',
    '{"email":"","content":"5"}',
  ]);
  expect(await all.frames.take(3)).toEqual([
    '{"email":"a","content":"1"}',
    '{"email":"a","content":"2"}',
    '{"email":"","content":"5"}',
  ]);

  listener.send('{"content":"6"}');
  expect(await listener.closed).toEqual({
    code: 1008,
    reason: "a pattern is for listening; publish to one of its topics",
  });
  expect(await native.log("feed:orders.eu")).toHaveLength(2);
});

test("FEED-5 HTTP-2: a bad pattern, or one that asks for the past, is refused before the upgrade", async () => {
  await using server = await openServer();
  for (const path of [
    "/feed/*x",
    "/feed/a**",
    "/feed/a*?history=1",
    "/feed/a*?after=0",
    "/ws/a*?username=Eren",
  ]) {
    const response = await fetch(new URL(path, server.url));
    expect([path, response.status]).toEqual([path, 400]);
  }
});

test("JOIN-7 JOIN-8: a native pattern begins with a reset after a break, and tells rooms apart", async () => {
  await using server = await openServer();
  const [ada, bob] = [
    await NativeClient.connect(server.url, "Ada"),
    await NativeClient.connect(server.url, "Bob"),
  ];
  const position = await ada.follow("orders.*");
  expect(position).toMatchObject({ room: "orders.*", epoch: "", offset: 0 });
  await ada.follow("orders.eu");
  for (const [room, data] of [
    ["orders.eu", 1],
    ["orders.us", 2],
    ["other", 3],
    ["orders.eu", 4],
  ] as const) {
    await bob.publish(room, "t", data);
  }
  await ada.received(5);
  const heard = ada.messages.map(({ room, pattern, offset, data }) => ({ room, pattern, offset, data }));
  expect(heard.filter(({ pattern }) => pattern === "orders.*")).toEqual([
    { room: "orders.eu", pattern: "orders.*", offset: 1, data: 1 },
    { room: "orders.us", pattern: "orders.*", offset: 1, data: 2 },
    { room: "orders.eu", pattern: "orders.*", offset: 2, data: 4 },
  ]);
  expect(heard.filter(({ pattern }) => pattern === undefined).map(({ data }) => data)).toEqual([1, 4]);

  await ada.terminate();
  await bob.publish("orders.us", "t", 5);
  const again = await NativeClient.connect(server.url, "Ada");
  const { epoch, offset } = position;
  await again.join("orders.*", { after: { epoch, offset } });
  await again.next(({ op }) => op === "live");
  await bob.publish("orders.us", "t", 6);
  await again.received(1);
  expect(again.frames.all.slice(1)).toEqual([
    { op: "ok", ref: 2, room: "orders.*", epoch: "", offset: 0 },
    { op: "reset", room: "orders.*", reason: "pattern", epoch: "", oldest: 0, newest: 0 },
    { op: "live", room: "orders.*", offset: 0 },
    expect.objectContaining({ op: "message", room: "orders.us", pattern: "orders.*", data: 6 }),
  ]);
  for (const request of [
    { op: "publish", room: "orders.*", type: "t", data: 1 },
    { op: "history", room: "orders.*" },
    { op: "join", room: "o*", history: 1 },
    { op: "join", room: "o*", presence: true },
    { op: "join", room: "o*o" },
  ] as const) {
    expect(await again.request(request)).toMatchObject({ op: "error", name: "bad_request" });
  }
});
