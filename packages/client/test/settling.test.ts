import { expect, test } from "bun:test";
import { type ClientEvents, Fanfare, type Receipt } from "@fanfare/client";
import { Mailbox } from "@fanfare/testing/mailbox";
import { openServer } from "@fanfare/testing/test-server";
import { BY_SECRET } from "@fanfare/testing/tokens";
import { rejection } from "./support/rejection.ts";
import { QUICK } from "./support/scene.ts";
import { type ScriptedPeer, ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

const failures = (client: Fanfare) => {
  const mailbox = new Mailbox<ClientEvents["failed"]>("failed");
  client.on("failed", (failed) => mailbox.push(failed));
  return mailbox;
};

test("a publish to a server that refuses the client is rejected with the server's error, and waits for a connection", async () => {
  await using server = await openServer({ auth: BY_SECRET });
  await using client = new Fanfare(server.url, QUICK);
  const failed = failures(client);
  const room = client.room("r");
  const error = await rejection(room.publish("note", 1, { listKey: "k" }));
  expect(error).toMatchObject({ code: "unauthorized", outcome: "unknown" });
  expect(await failed.next()).toMatchObject({
    kind: "publish",
    room: "r",
    type: "note",
    data: 1,
    key: "k",
    error,
  });
  // It is still in the outbox: it is sent if the client connects after all.
  expect(client.outbox.value.pending).toBe(1);
  expect(room.outgoing.value).toMatchObject([{ key: "k", status: "pending" }]);
});

test("CLOSE-1: a publish in flight is rejected when the server closes for good, and sent once the client connects again", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  await using client = new Fanfare(server.url, QUICK);
  const publishing = rejection(client.room("r").publish("note", 1));
  const peer = await server.peers.next();
  await peer.request("publish");
  peer.close(4501, "revoked");
  expect(await publishing).toMatchObject({ code: "closed", message: "revoked", outcome: "unknown" });

  await client.connect();
  const next = await server.peers.next();
  const { ref, n } = await next.request("publish");
  expect(n).toBe(1);
  next.send({ op: "ok", ref, epoch: "e", offset: 1, id: "public:1" });
  await until(client.outbox, ({ pending }) => pending === 0);
});

test("a publish that was rejected for a lost connection and is refused later is reported", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  await using client = new Fanfare(server.url, QUICK);
  const publishing = rejection(client.room("r").publish("note", 1));
  await (await server.peers.next()).request("publish");
  client.disconnect();
  expect(await publishing).toMatchObject({ code: "closed", outcome: "unknown" });
  const failed = failures(client);
  await client.connect();
  const next = await server.peers.next();
  const { ref } = await next.request("publish");
  next.send({ op: "error", ref, code: 200, name: "forbidden", message: "No.", retry: false });
  expect(await failed.next()).toMatchObject({
    room: "r",
    data: 1,
    error: { code: "forbidden", outcome: "not_kept" },
  });
});

test("a room name that is a pattern is refused by room(), which names pattern()", () => {
  const client = new Fanfare("http://127.0.0.1:9");
  expect(() => client.room("chat:*")).toThrow(/pattern\(\)/);
  expect(() => client.room("chat:*")).toThrow(TypeError);
});

/** Every promise of the API. */
function calls(client: Fanfare): Record<string, () => Promise<unknown>> {
  const room = client.room("r");
  const pattern = client.pattern("p*");
  return {
    connect: () => client.connect(),
    join: () => room.join(),
    "join a pattern": () => pattern.join(),
    publish: () => room.publish("note", 1),
    history: () => room.history(),
    backwards: () => room.backwards().next(),
    messages: () => room.messages().next(),
    "messages of a pattern": () => pattern.messages().next(),
    flush: () => client.flush(),
  };
}

const refuse = async (peer: ScriptedPeer) => {
  const { ref } = await peer.request("hello");
  peer.send({ op: "error", ref, code: 201, name: "unauthorized", message: "No token.", retry: false });
};

const STATES: Record<string, (client: Fanfare) => Promise<unknown> | unknown> = {
  idle: () => {},
  refused: (client) => rejection(client.connect()),
  "refused, and disconnected": async (client) => {
    await rejection(client.connect());
    client.disconnect();
  },
  closed: (client) => client.close(),
};

for (const [state, enter] of Object.entries(STATES)) {
  test(`in the state "${state}" every promise of the API settles where the server refuses the client`, async () => {
    for (const name of Object.keys(calls(new Fanfare("http://127.0.0.1:9")))) {
      await using server = new ScriptedServer(refuse);
      const client = new Fanfare(server.url, QUICK);
      const all = calls(client);
      await enter(client);
      const outcome = await rejection(all[name]?.() ?? Promise.resolve());
      // With nothing to send, flush has nothing to wait for.
      const code = state === "closed" ? "closed" : name === "flush" ? undefined : "unauthorized";
      expect({ name, code: outcome?.code }).toEqual({ name, code });
      await client.close();
    }
  });
}

test("every promise that waits for a connection settles when the client is disconnected, and when it is closed", async () => {
  for (const end of ["disconnect", "close"] as const) {
    await using server = new ScriptedServer();
    const client = new Fanfare(server.url, QUICK);
    const waiting = Object.entries(calls(client)).map(async ([name, call]) => ({
      name,
      code: (await rejection(call()))?.code,
    }));
    await (await server.peers.next()).request("hello");
    if (end === "close") await client.close({ flush: 0 });
    else client.disconnect();
    const codes = await Promise.all(waiting);
    // Loops end without an error when the client is closed.
    const ends = end === "close" ? ["backwards", "messages", "messages of a pattern"] : [];
    expect(codes.filter(({ code }) => code !== "closed").map(({ name }) => name)).toEqual(ends);
  }
});

test("failures of publishes that nothing awaits are reported by the client, with their outcome", async () => {
  await using server = await openServer();
  const client = new Fanfare(server.url, { ...QUICK, user: "ada", outboxLimits: { entries: 1 } });
  const failed = failures(client);
  await client.connect();
  const outcomes: [string, () => Promise<Receipt>][] = [
    ["forbidden", () => client.room("todo:x").publish("note", 1)],
    ["data_too_large", () => client.room("r").publish("note", "x".repeat(70_000))],
    ["bad_request", () => client.room("r").publish("not a type", 1)],
  ];
  for (const [code, publish] of outcomes) {
    void publish();
    expect(await failed.next()).toMatchObject({ error: { code, outcome: "not_kept" } });
  }
  void client.room("r").publish("note", 1);
  void client.room("r").publish("note", 2);
  expect(await failed.next()).toMatchObject({ data: 2, error: { code: "outbox_full", outcome: "not_kept" } });
  await client.flush();
  await client.close();
  void client.room("r").publish("note", 3);
  expect(await failed.next()).toMatchObject({ data: 3, error: { code: "closed", outcome: "not_kept" } });
});

test("EVENT-2: an event that the server refuses is reported by the client", async () => {
  await using server = new ScriptedServer((peer) => peer.greet());
  await using client = new Fanfare(server.url, QUICK);
  const failed = failures(client);
  const room = client.room("r");
  const joining = room.join();
  const peer = await server.peers.next();
  await peer.admit();
  await joining;
  room.event("cursor", { x: 1 });
  const { ref } = await peer.request("event");
  peer.send({ op: "error", ref, code: 200, name: "forbidden", message: "Events are off.", retry: false });
  expect(await failed.next()).toMatchObject({
    kind: "event",
    room: "r",
    type: "cursor",
    data: { x: 1 },
    error: { code: "forbidden" },
  });
});

test("a client has no other event", () => {
  const client = new Fanfare("http://127.0.0.1:9");
  expect(() => client.on("fail" as "failed", () => {})).toThrow(TypeError);
});
