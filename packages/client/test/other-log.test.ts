import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { openServer } from "@fanfare/testing/test-server";
import { timelineOf } from "../src/react/timeline.ts";
import { ScriptedServer } from "./support/scripted-server.ts";
import { until } from "./support/until.ts";

const OPTIONS = { user: "ada", outbox: "memory", backoff: { min: 1, max: 2 } } as const;

function record(offset: number, life: string) {
  return { offset, id: `${life}.${offset}`, type: "chat", from: "bob", at: 1, data: `${life} ${offset}` };
}
const told = (offset: number, life: string) =>
  ({ op: "message", room: "a", ...record(offset, life) }) as const;

test("GAP-1: a page of an old log that is answered from another one is not shown", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, OPTIONS);
  const room = client.room("a", { history: 2 });
  const timeline = timelineOf(room);
  const joined = room.join();
  const peer = await server.peers.next();
  await peer.greet();
  const join = await peer.request("join");
  peer.send({ op: "ok", ref: join.ref, room: "a", epoch: "old", offset: 500 });
  peer.send(told(499, "old"), told(500, "old"), { op: "live", room: "a", offset: 500 });
  await joined;
  const loading = timeline.loadMore();
  await peer.request("history");
  peer.close(1001);

  const next = await server.peers.next();
  await next.greet();
  const rejoin = await next.request("join");
  next.send({ op: "ok", ref: rejoin.ref, room: "a", epoch: "new", offset: 1 });
  next.send({ op: "reset", room: "a", reason: "epoch", epoch: "new", oldest: 1, newest: 1 });
  next.send(told(1, "new"), { op: "live", room: "a", offset: 1 });
  const { ref } = await next.request("history");
  next.send({ op: "ok", ref, room: "a", epoch: "new", oldest: 1, newest: 1, messages: [record(1, "new")] });
  await loading;
  expect(timeline.value.items.map(({ key }) => key)).toEqual(["old.499", "old.500", "reset 1", "new.1"]);
});

test("what was acknowledged by a log that is gone does not stay on its way", async () => {
  await using server = new ScriptedServer();
  await using client = new Fanfare(server.url, OPTIONS);
  const room = client.room("a");
  const joined = room.join();
  const peer = await server.peers.next();
  await peer.greet();
  await peer.admit(500);
  await joined;
  const receipt = room.publish("chat", "hi");
  const publisher = await peer.request("publisher");
  peer.send({ op: "ok", ref: publisher.ref, publisher: "public" } as never);
  const { ref } = await peer.request("publish");
  peer.send({ op: "ok", ref, epoch: "e1", offset: 501, id: "public:1" });
  await receipt;
  expect(room.outgoing.value).toMatchObject([{ status: "sent" }]);
  peer.close(1001);

  const next = await server.peers.next();
  await next.greet();
  const rejoin = await next.request("join");
  next.send({ op: "ok", ref: rejoin.ref, room: "a", epoch: "e2", offset: 0 });
  next.send({ op: "reset", room: "a", reason: "epoch", epoch: "e2", oldest: 1, newest: 0 });
  next.send({ op: "live", room: "a", offset: 0 });
  await until(room.state, ({ status }) => status === "live");
  expect(room.outgoing.value).toEqual([]);
});

test("JOIN-4: the past of a room with types is of those types, too", async () => {
  await using server = await openServer();
  await using client = new Fanfare(server.url, { user: "ada" });
  const all = client.room("a");
  for (let n = 1; n <= 6; n += 1) await all.publish(n % 3 === 0 ? "chat" : "other", n);
  await using reader = new Fanfare(server.url, { user: "bob" });
  const room = reader.room("a", { types: ["chat"] });
  const pages = [];
  for await (const page of room.backwards({ limit: 2 })) pages.push(page.messages.map(({ data }) => data));
  expect(pages).toEqual([[6], [3], []]);
});
