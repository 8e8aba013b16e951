import { expect, test } from "bun:test";
import { Fanfare, type OutboxStore } from "@fanfare/client";
import { DEADLINE } from "@fanfare/testing/deadline";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import { NativeClient } from "@fanfare/testing/native-client";
import { openServer } from "@fanfare/testing/test-server";
import { NodeProgram } from "./support/node-program.ts";
import { rejection } from "./support/rejection.ts";
import { openScene, QUICK } from "./support/scene.ts";
import { ScriptedServer } from "./support/scripted-server.ts";

async function logOf(url: URL, room: string): Promise<unknown[]> {
  const witness = await NativeClient.connect(url, "witness");
  try {
    return (await witness.log(room)).map(({ data }) => data);
  } finally {
    await witness.close();
  }
}

test("close keeps what was published right before it, and says how much", async () => {
  await using server = await openServer();
  const client = new Fanfare(server.url, { user: "ada" });
  const receipts = Array.from({ length: 200 }, (_, i) => client.room("r").publish("note", i));
  expect(await client.close()).toEqual({ kept: 200, pending: 0 });
  expect((await Promise.all(receipts)).map(({ offset }) => offset)).toEqual(receipts.map((_, i) => i + 1));
  expect(await logOf(server.url, "r")).toEqual(receipts.map((_, i) => i));
  expect(await rejection(client.room("r").publish("note", 1))).toMatchObject({ code: "closed" });
  // A second close has the same result.
  expect(await client.close()).toEqual({ kept: 200, pending: 0 });
});

test("`await using` keeps what was published right before its end", async () => {
  await using server = await openServer();
  {
    await using client = new Fanfare(server.url, { user: "ada" });
    void client.room("r").publish("note", 1);
  }
  expect(await logOf(server.url, "r")).toEqual([1]);
});

test("close with flush: 0 waits for nothing, and cuts a close short that waits", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  for (const durable of [false, true]) {
    const store: OutboxStore = {
      durable,
      load: () => ({ next: new Map(), waiting: [] }),
      save() {},
      close() {},
    };
    const client = new Fanfare(server.url, { ...QUICK, user: "ada", outbox: store });
    const published = Array.from({ length: 65 }, (_, i) => rejection(client.room("r").publish("note", i)));
    const peer = await server.peers.next();
    for (let i = 0; i < 64; i++) await peer.request("publish");
    const closing = client.close();
    expect(await rejection(client.room("r").publish("note", 1))).toMatchObject({ code: "closed" });
    expect(await rejection(client.flush())).toMatchObject({ code: "closed" });
    expect(client.state.value.status).toBe("online");
    expect(await client.close({ flush: 0 })).toEqual({ kept: 0, pending: 65 });
    expect(await closing).toEqual({ kept: 0, pending: 65 });
    const outcomes = (await Promise.all(published)).map((error) => [error?.code, error?.outcome]);
    expect(outcomes.slice(0, 64)).toEqual(Array.from({ length: 64 }, () => ["closed", "unknown"]));
    // What a durable store has, the next client sends.
    expect(outcomes[64]).toEqual(["closed", durable ? "unknown" : "not_kept"]);
  }
});

test("close never rejects: without a server, with a store that fails, and without a WebSocket", async () => {
  const store: OutboxStore = {
    durable: true,
    load: () => ({ next: new Map(), waiting: [] }),
    save() {},
    close: () => Promise.reject(new Error("the store's own")),
  };
  const errors: unknown[] = [];
  const client = new Fanfare("http://127.0.0.1:9", {
    ...QUICK,
    outbox: store,
    onError: (error) => errors.push(error),
  });
  const publishing = rejection(client.room("r").publish("note", 1));
  expect(await client.close({ flush: 1 })).toEqual({ kept: 0, pending: 1 });
  expect(await publishing).toMatchObject({ code: "closed" });
  expect(errors).toEqual([new Error("the store's own")]);
  expect(await new Fanfare("/nowhere").close()).toEqual({ kept: 0, pending: 0 });
});

test("a client that the server refused, or that was disconnected, is closed without waiting", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  const client = new Fanfare(server.url, QUICK);
  const publishing = rejection(client.room("r").publish("note", 1));
  await (await server.peers.next()).request("publish");
  client.disconnect();
  expect(await publishing).toMatchObject({ outcome: "unknown" });
  expect(await client.close({ flush: 1_000_000 })).toEqual({ kept: 0, pending: 1 });
});

async function count(loop: AsyncIterable<unknown>): Promise<number> {
  let items = 0;
  for await (const _ of loop) items += 1;
  return items;
}

test("every loop over a room or a client ends when the client is closed", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r", { presence: true });
  await room.join();
  await room.publish("note", 1);
  const pattern = client.pattern("p*");
  const unjoined = client.room("unjoined");
  const loops = {
    messages: room.messages(),
    "a room": room,
    "a pattern": pattern,
    "state of a pattern": pattern.state,
    state: client.state,
    outbox: client.outbox,
    "room state": room.state,
    members: room.members,
    typing: room.typing,
    outgoing: room.outgoing,
    "members of a room that was not joined": unjoined.members,
    "state of a room that was not joined": unjoined.state,
  };
  const ends = Object.entries(loops).map(async ([name, loop]) => [name, await rejection(count(loop))]);
  await pattern.join();
  await client.close();
  expect(await Promise.all(ends)).toEqual(Object.keys(loops).map((name) => [name, undefined]));
  // A loop that begins after the end has nothing to read.
  expect(await rejection(count(room.messages()))).toMatchObject({ code: "closed" });
});

test("a loop over pages of history that waits for the server ends when the client is closed", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  const client = new Fanfare(server.url, QUICK);
  const reading = rejection(count(client.room("r").backwards()));
  await (await server.peers.next()).request("history");
  await client.close();
  expect(await reading).toBeUndefined();
});

test("in Node, a closed client whose network has gone silent lets the process end", async () => {
  await using server = await openServer();
  await using network = await FaultProxy.open(server.url);
  await using program = await NodeProgram.start(
    `
    const client = new Fanfare(url, { user: "ada", WebSocket });
    await client.connect();
    const asked = new Promise((resolve) => process.once("SIGUSR2", resolve));
    await client.room("r").publish("note", 1);
    await asked;
    console.log(await client.close());
    `,
    network.url,
  );
  const witness = await NativeClient.connect(server.url, "witness");
  await witness.follow("r", { history: 1 });
  await witness.received(1);
  await witness.close();
  network.stall("up", "down");
  program.signal("SIGUSR2");
  const ended = await Promise.race([program.ended, Bun.sleep(DEADLINE)]);
  expect(ended).toMatchObject({ code: 0, out: "{ kept: 0, pending: 0 }\n" });
});
