import { expect, test } from "bun:test";
import { FanfareError } from "@fanfare/client";
import { DEFAULT_POLICY } from "@fanfare/server";
import { NativeClient } from "@fanfare/testing/native-client";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

const refusal = (publishing: Promise<unknown>) =>
  publishing.then(
    () => undefined,
    (error: unknown) => error,
  );

test("KEEP-1 PUB-1: a publish resolves with the position at which it was kept", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r"); // not joined: publishing needs no join
  const receipt = await room.publish("note", { text: "hi" });
  expect(receipt).toEqual({ epoch: expect.any(String), offset: 1, id: expect.any(String), duplicate: false });
  const witness = await NativeClient.connect(scene.url, "witness");
  expect(await witness.log("r")).toEqual([
    { offset: 1, id: receipt.id, type: "note", from: "ada", at: expect.any(Number), data: { text: "hi" } },
  ]);
  await witness.close();
});

test("ORDER-3 ONCE-1: many at once are kept in order, at most 64 of them on their way", async () => {
  await using scene = await openScene();
  // A link that is stalled is not given up while one looks.
  const { client, network } = await scene.guest("ada", { heartbeat: 60_000 });
  await client.connect();
  network.stall("down");
  const receipts = Array.from({ length: 500 }, (_, i) => client.room("r").publish("note", i + 1));
  await until(client.outbox, ({ pending }) => pending === 500);
  const witness = await NativeClient.connect(scene.url, "witness");
  await witness.follow("r", { history: 1_000 });
  await witness.received(64);
  // Not one more, however long nobody answers: a round trip of another client passes them.
  await witness.publish("elsewhere", "note", 1);
  expect(witness.messages.length).toBe(64);
  network.flow();
  expect((await Promise.all(receipts)).map(({ offset }) => offset)).toEqual(receipts.map((_, i) => i + 1));
  await witness.received(500);
  expect(witness.messages.map(({ data }) => data)).toEqual(receipts.map((_, i) => i + 1));
  expect(client.outbox.value).toMatchObject({ pending: 0, bytes: 0 });
  await witness.close();
});

test("ONCE-1: an acknowledgement that was lost is asked for again, and recognised", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  await client.connect();
  network.stall("down");
  const publishing = client.room("r").publish("note", 1);
  const witness = await NativeClient.connect(scene.url, "witness");
  await witness.follow("r", { history: 10 });
  await witness.received(1);
  network.cut("reset");
  expect(await publishing).toMatchObject({ offset: 1, duplicate: true });
  expect((await witness.log("r")).length).toBe(1);
  await witness.close();
});

test("PUB-3: refusals say why, and what follows is kept exactly once, in order", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  expect(await refusal(client.room("todo:mine").publish("note", 1))).toMatchObject({
    name: "FanfareError",
    code: "forbidden",
    number: 200,
    retry: false,
  });
  expect(await refusal(client.room("r").publish("note", "x".repeat(70_000)))).toMatchObject({
    code: "data_too_large",
  });
  expect(await refusal(client.room("r").publish("not a type", 1))).toBeInstanceOf(Error);
  expect((await client.room("r").publish("note", 1)).offset).toBe(1);
});

test("ONCE-4: what stands behind a refusal is numbered anew and kept exactly once, also over a break", async () => {
  const policies = [{ pattern: "small", maxDataBytes: 100 }, { pattern: "*" }];
  await using scene = await openScene({
    policies: policies.map((policy) => ({ ...DEFAULT_POLICY, ...policy })),
  });
  const { client, network } = await scene.guest("ada");
  const witness = await NativeClient.connect(scene.url, "witness");
  await witness.follow("small");
  const room = client.room("small");
  const published: number[] = [];
  const refused: number[] = [];
  const results: Promise<unknown>[] = [];
  const publish = (i: number) => {
    const large = i % 7 === 3;
    (large ? refused : published).push(i);
    const result = refusal(room.publish("note", { i, padding: "x".repeat(large ? 200 : 1) }));
    results.push(result.then((error) => expect(error === undefined).toBe(!large)));
  };
  for (let i = 0; i < 100; i++) publish(i);
  await client.connect();
  network.stall("down");
  for (let i = 100; i < 150; i++) publish(i);
  await witness.received(1);
  network.cut("reset");
  await Promise.all(results);
  await witness.received(published.length);
  expect((await witness.log("small")).map(({ data }) => (data as { i: number }).i)).toEqual(published);
  expect(refused.length).toBe(21);
  expect(client.outbox.value.pending).toBe(0);
  await witness.close();
});

test("a publish can be withdrawn until it is on its way", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  network.refuse();
  const room = client.room("r");
  const controller = new AbortController();
  const first = room.publish("note", 1);
  const second = room.publish("note", 2, { signal: controller.signal });
  const third = room.publish("note", 3);
  const reason = new Error("changed my mind");
  controller.abort(reason);
  expect(await refusal(second)).toBe(reason);
  expect(client.outbox.value.pending).toBe(2);
  network.admit();
  expect([(await first).offset, (await third).offset]).toEqual([1, 2]);
  expect(await refusal(room.publish("note", 4, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  const witness = await NativeClient.connect(scene.url, "witness");
  expect((await witness.log("r")).map(({ data }) => data)).toEqual([1, 3]);
  await witness.close();
});

test("past its bounds the outbox refuses at once and clearly, and takes again when there is room", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada", { outboxLimits: { entries: 3, bytes: 1_000 } });
  network.refuse();
  const room = client.room("r");
  const three = [1, 2, 3].map((i) => room.publish("note", i));
  const fourth = await refusal(room.publish("note", 4));
  expect(fourth).toBeInstanceOf(FanfareError);
  expect(fourth).toMatchObject({ code: "outbox_full" });
  expect(client.outbox.value.pending).toBe(3);
  network.admit();
  await Promise.all(three);
  expect((await room.publish("note", 5)).offset).toBe(4);
  network.refuse();
  network.cut("reset");
  await until(client.state, ({ status }) => status !== "online");
  const large = room.publish("note", "x".repeat(700));
  expect(await refusal(room.publish("note", "é".repeat(60)))).toMatchObject({ code: "outbox_full" });
  network.admit();
  await large;
});

test("what is published before there is a connection waits for it, and flush waits for all", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  network.refuse();
  const room = client.room("r");
  void room.publish("note", 1);
  await until(client.state, ({ status }) => status === "offline");
  void room.publish("note", 2);
  expect(await refusal(client.flush({ signal: AbortSignal.abort(new Error("no time")) }))).toMatchObject({
    message: "no time",
  });
  const flushing = client.flush();
  network.admit();
  await flushing;
  expect(client.outbox.value).toMatchObject({ pending: 0, bytes: 0, durable: false });
});

test("closed with publishes pending: they say so, and nothing can be published any more", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  network.refuse();
  const pending = client.room("r").publish("note", 1);
  const closed = refusal(pending);
  await client.close({ flush: 0 });
  expect(await closed).toMatchObject({ code: "closed" });
  expect(await refusal(client.room("r").publish("note", 2))).toMatchObject({ code: "closed" });
});
