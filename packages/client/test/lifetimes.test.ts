import { expect, test } from "bun:test";
import { Fanfare, type FanfareError, type WebSocketConstructor } from "@fanfare/client";
import { roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as FanfareError,
  );

test("a client that was closed opens no outbox any more", async () => {
  let opened = 0;
  const client = new Fanfare("http://127.0.0.1:9", {
    outbox: {
      durable: true,
      load: () => {
        opened += 1;
        return { next: new Map(), waiting: [] };
      },
      save() {},
      close() {},
    },
  });
  await client.close();
  expect(await refusal(client.flush())).toMatchObject({ code: "closed" });
  expect(opened).toBe(0);
});

test("options given later count while the room is not joined, and are refused while it is", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  await client.room("r").publish("note", 1);
  const room = client.room("r", { history: 50 });
  const messages = roomMailbox(room);
  await room.join();
  expect(messages.all.map(({ data }) => data)).toEqual([1]);
  expect(client.room("r")).toBe(room);
  expect(client.room("r", { history: 50 })).toBe(room);
  expect(() => client.room("r", { history: 10 })).toThrow(TypeError);
  room.leave();
  expect(client.room("r", { types: ["other"] })).toBe(room);
  await room.join();
  await room.publish("note", 2);
  await room.publish("other", 3);
  await messages.when(() => messages.all.length === 2);
  expect(messages.all.map(({ data }) => data)).toEqual([1, 3]);
});

test("an address that is none is told when it is needed, and the client is closed", async () => {
  const client = new Fanfare("/ws");
  const room = client.room("r");
  expect(client.state.value.status).toBe("idle");
  expect(await refusal(client.connect())).toMatchObject({ code: "invalid_url" });
  expect(client.state.value).toMatchObject({ status: "closed", reason: { code: 0, name: "invalid_url" } });
  expect(await refusal(room.join())).toMatchObject({ code: "invalid_url" });
  await client.close();
});

test("without a WebSocket a client is told so when it connects, and connects once there is one", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const global = globalThis as { WebSocket: WebSocketConstructor | undefined };
  const { WebSocket } = global;
  global.WebSocket = undefined;
  try {
    expect(await refusal(client.connect())).toMatchObject({
      code: "no_websocket",
      message: expect.stringContaining("no WebSocket"),
    });
  } finally {
    global.WebSocket = WebSocket;
  }
  await client.connect();
  expect(client.state.value.status).toBe("online");
});

test("disconnect ends the connection until it is needed again, and rooms go on from where they were", async () => {
  await using scene = await openScene();
  const [{ client }, { client: other }] = [await scene.guest("ada"), await scene.guest("bob")];
  const room = client.room("r");
  const messages = roomMailbox(room);
  await room.join();
  await room.publish("note", 1);
  client.disconnect();
  client.disconnect();
  expect(client.state.value.status).toBe("closed");
  expect(room.state.value).toMatchObject({ status: "refused", error: { code: "closed" } });
  await other.room("r").publish("note", 2);
  await client.connect();
  await messages.when(() => messages.all.length === 2);
  expect(messages.all.map(({ data }) => data)).toEqual([1, 2]);
  client.disconnect();
  await room.join();
  expect(client.state.value.status).toBe("online");
});

test("a loop over a state ends with its client, or with a signal", async () => {
  const client = new Fanfare("/nowhere");
  const stop = new AbortController();
  const stopped = refusal(last(client.state.values({ signal: stop.signal })));
  stop.abort(new Error("enough"));
  expect(await stopped).toMatchObject({ message: "enough" });
  const states = last(client.state);
  const outbox = last(client.outbox);
  await client.close();
  expect(await states).toMatchObject({ status: "closed" });
  expect(await outbox).toMatchObject({ pending: 0 });
  expect(await last(client.state)).toMatchObject({ status: "closed" });
});

test("an event that there is not is refused by name", () => {
  const client = new Fanfare("http://127.0.0.1:9");
  const room = client.room("r");
  const name: string = "chat";
  expect(() => room.on(name as "message", () => {})).toThrow(
    new TypeError("No event chat; there are message, event, reset, invalid, live, presence."),
  );
  expect(() => client.pattern("r*").on("presence" as "message", () => {})).toThrow(TypeError);
});

test("a join that the server puts off says why", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, { user: "ada" });
  const room = client.room("full");
  room.join().catch(() => {});
  const peer = await server.peers.next();
  await peer.greet();
  const { ref } = await peer.request("join");
  peer.send({ op: "error", ref, code: 301, name: "room_full", message: "The room is full.", retry: true });
  await until(room.state, (state) => state.status === "joining" && state.error?.code === "room_full");
});

async function last<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  let seen: T | undefined;
  for await (const value of values) seen = value;
  return seen;
}
