import { expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { rejection } from "./support/rejection.ts";
import { openScene, QUICK } from "./support/scene.ts";
import { ScriptedServer } from "./support/scripted-server.ts";

const LONG = "x".repeat(70_000);

test("FRAME-5: a request that needs a larger frame than the server accepts fails alone, and is not sent", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r");
  await room.join();
  const tooLarge = { code: "data_too_large" };
  expect(() => room.event("cursor", LONG)).toThrow(expect.objectContaining(tooLarge));
  expect(() => room.event("cursor", "é".repeat(33_000))).toThrow(expect.objectContaining(tooLarge));
  expect(await rejection(room.publish("note", LONG))).toMatchObject(tooLarge);
  expect(await rejection(client.room(LONG).join())).toMatchObject(tooLarge);
  expect(await rejection(client.room(LONG).history())).toMatchObject(tooLarge);
  expect(await rejection(client.room(LONG).publish("note", 1))).toMatchObject(tooLarge);
  expect(await rejection(client.room("s", { types: [LONG] }).join())).toMatchObject(tooLarge);
  expect(await rejection(client.pattern(`${LONG}*`).join())).toMatchObject(tooLarge);
  expect(room.state.value.status).toBe("live");
  expect(client.state.value.status).toBe("online");
  expect((await room.publish("note", 1)).offset).toBe(1);
});

const CYCLE: Record<string, unknown> = {};
CYCLE.self = CYCLE;

test("a request that JSON cannot hold fails alone, at once, and those behind it are sent", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  await room.join();
  const invalid = { code: "invalid" };
  const history = 10n as unknown as number;
  expect(await rejection(client.room("s", { history }).join())).toMatchObject(invalid);
  expect(await rejection(client.room("t").join())).toBeUndefined();
  expect(await rejection(room.history({ limit: history }))).toMatchObject(invalid);
  for (const data of [1n, CYCLE] as never[]) {
    expect(await rejection(room.publish("note", data))).toMatchObject({ ...invalid, outcome: "not_kept" });
    expect(() => room.event("cursor", data)).toThrow(expect.objectContaining(invalid));
  }
  // After a break the rooms behind it are joined again, too.
  network.cut("reset");
  await client.room("t").publish("note", 1);
  await client.room("t").join();
  expect((await room.publish("note", 1)).offset).toBe(1);
});

test("FRAME-5: batches keep within the server's limit, however small it is", async () => {
  const limit = 1_000;
  await using server = new ScriptedServer((peer) => peer.greet("ada", limit));
  await using client = new Fanfare(server.url, QUICK);
  const room = client.room("r");
  const joining = room.join();
  const peer = await server.peers.next();
  await peer.admit();
  await joining;
  for (let n = 0; n < 50; n++) room.event("cursor", "é".repeat(50));
  await peer.requests.when(() => peer.requests.all.filter(({ op }) => op === "event").length === 50);
  expect(Math.max(...peer.frameBytes)).toBeLessThanOrEqual(limit);
});
