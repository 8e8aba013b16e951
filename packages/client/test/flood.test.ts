import { afterAll, beforeAll, expect, test } from "bun:test";
import { openServer } from "@fanfare/testing/test-server";
import { hostileScene } from "./support/hostile-scene.ts";
import { MESSAGE } from "./support/malformed-frames.ts";

let honest: Awaited<ReturnType<typeof openServer>>;
beforeAll(async () => {
  honest = await openServer();
});
afterAll(() => honest[Symbol.asyncDispose]());

test("a huge frame is not parsed, and a flood of small ones does not pile up", async () => {
  const huge = Promise.withResolvers<void>();
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    peer.text(JSON.stringify({ ...MESSAGE, data: "x".repeat(20 * 1024 * 1024) }));
    await peer.closed;
    huge.resolve();
  });
  await scene.room.join();
  await huge.promise;
  expect(scene.messages.all).toEqual([]);
  await scene.recovers();

  const flooded = Promise.withResolvers<void>();
  const noise = { op: "event", room: "r", type: "noise", from: "bo", data: "x".repeat(200) };
  const batch = JSON.stringify(Array.from({ length: 500 }, () => noise));
  await using flood = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    for (let i = 0; i < 400; i++) {
      peer.text(batch);
      if (i % 20 === 0) await Bun.sleep(0); // its turn to read
    }
    peer.send({ op: "event", room: "r", type: "last", from: "bo", data: null });
    flooded.resolve();
  });
  let events = 0;
  const last = Promise.withResolvers<void>();
  flood.room.on("event", ({ type }) => {
    events++;
    if (type === "last") last.resolve();
  });
  const stream = flood.room.messages(); // nobody reads it, and it is of messages: nothing waits in it
  Bun.gc(true);
  const before = process.memoryUsage().heapUsed;
  await flood.room.join();
  await flooded.promise;
  await last.promise;
  Bun.gc(true);
  expect(events).toBe(200_001);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * 1024 * 1024);
  await stream.return?.();
  await flood.recovers();
});

test("who types and who is there is bounded by what the server says is there", async () => {
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    for (let i = 0; i < 100; i++) {
      const names = Array.from({ length: 500 }, (_, j) => `user-${i}-${j}`);
      peer.text(
        JSON.stringify(names.map((from) => ({ op: "event", room: "r", type: "typing", from, data: true }))),
      );
      await Bun.sleep(0);
    }
    peer.send({ op: "event", room: "r", type: "last", from: "bo", data: null });
  });
  const last = Promise.withResolvers<void>();
  scene.room.on("event", ({ type }) => type === "last" && last.resolve());
  await scene.room.join();
  await last.promise;
  expect(scene.room.typing.value.length).toBeLessThanOrEqual(1_000);
  await scene.recovers();
});

test("a reader that does not read gets an error instead of memory without end", async () => {
  await using scene = await hostileScene(honest.url, async (peer) => {
    await peer.greet();
    await peer.admit();
    for (let offset = 1; offset <= 3_000; offset++) {
      peer.send({
        op: "message",
        room: "r",
        offset,
        id: `i.${offset}`,
        type: "n",
        from: "b",
        at: 1,
        data: offset,
      });
    }
  });
  const slow = scene.room.messages({ buffer: 100 });
  await scene.room.join();
  await scene.messages.when(() => scene.messages.all.length === 3_000);
  const read: number[] = [];
  const fault = await (async () => {
    for await (const { offset } of slow) read.push(offset);
  })().catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: "overflow" });
  expect(read).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});
