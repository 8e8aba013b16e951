import { expect, test } from "bun:test";
import type { Reset } from "@fanfare/client";
import { DEFAULT_POLICY } from "@fanfare/server";
import { openServer } from "@fanfare/testing/test-server";
import { roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

test("GAP-1: what was trimmed while a client was away is told as a reset, before what is left", async () => {
  await using scene = await openScene({
    policies: [{ ...DEFAULT_POLICY, history: { count: 10, ageMs: Number.POSITIVE_INFINITY } }],
  });
  const { client, network } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo", { outboxLimits: { entries: 10_000 } });
  const room = client.room("r");
  const messages = roomMailbox(room);
  const told: string[] = [];
  const resets: Reset[] = [];
  room.on("message", ({ offset }) => told.push(String(offset)));
  room.on("reset", (reset) => {
    told.push("reset");
    resets.push(reset);
  });
  await room.join();
  await other.room("r").publish("note", 1);
  await messages.when(() => messages.all.length === 1);
  network.refuse();
  network.cut("reset");
  for (let i = 2; i <= 2_001; i++) void other.room("r").publish("note", i);
  await other.flush();
  network.admit();
  await messages.when(() => messages.all.at(-1)?.offset === 2_001);
  const [reset] = resets;
  expect(resets.length).toBe(1);
  expect(reset).toMatchObject({ room: "r", reason: "trimmed", newest: 2_001 });
  const oldest = reset?.oldest ?? 0;
  expect(oldest).toBeGreaterThan(2);
  expect(told).toEqual([
    "1",
    "reset",
    ...Array.from({ length: 2_001 - oldest + 1 }, (_, i) => String(oldest + i)),
  ]);
  expect(room.position?.offset).toBe(2_001);
});

test("GAP-1 ROOM-5: a log that was lost is told as a reset, and what waits in the outbox is kept exactly once", async () => {
  await using scene = await openScene({ engine: { kind: "memory" } });
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  const messages = roomMailbox(room);
  const resets: Reset[] = [];
  room.on("reset", (reset) => resets.push(reset));
  await room.join();
  for (let i = 1; i <= 3; i++) await room.publish("note", i);
  await messages.when(() => messages.all.length === 3);
  const before = room.position;
  network.refuse();
  network.cut("reset");
  await until(client.state, ({ status }) => status === "offline");
  const waiting = [4, 5, 6].map((i) => room.publish("note", i));
  await using amnesiac = await openServer({ engine: { kind: "memory" } });
  network.target = amnesiac.url;
  network.admit();
  // Its numbers are unknown there (SPEC ONCE-6), and still nothing is lost.
  expect((await Promise.all(waiting)).map(({ offset }) => offset)).toEqual([1, 2, 3]);
  await messages.when(() => messages.all.length === 6);
  expect(messages.all.map(({ data }) => data)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(resets).toMatchObject([{ reason: "epoch", room: "r" }]);
  expect(room.position?.epoch).not.toBe(before?.epoch ?? "");
  expect(room.position?.offset).toBe(3);
  await until(room.outgoing, ({ length }) => length === 0);
  expect((await room.publish("note", 7)).offset).toBe(4);
  await client.close();
});

test("GAP-1: a log that is behind is told as a reset", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  await room.publish("note", 1);
  await room.join();
  await using other = await openServer();
  const resets: Reset[] = [];
  room.on("reset", (reset) => resets.push(reset));
  network.target = other.url;
  network.cut("reset");
  await until(client.state, ({ status }) => status === "offline");
  await until(room.state, ({ status }) => status === "live");
  expect(resets).toMatchObject([{ reason: "epoch" }]);
  await client.close();
});
