import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

const refusal = (publishing: Promise<unknown>) =>
  publishing.then(
    () => undefined,
    (error: unknown) => error,
  );

test("the local echo: what is on its way stands in outgoing until it is heard, under the key that its message carries", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  const messages = roomMailbox(room);
  // In no moment is a message shown twice, or not at all.
  const shown: string[][] = [];
  const look = () =>
    shown.push([...messages.all.map(({ key }) => key), ...room.outgoing.value.map(({ key }) => key)]);
  room.outgoing.listen(look);
  room.on("message", look);
  await room.join();
  network.stall("up");
  void room.publish("note", { text: "one" }, { listKey: "my-key" });
  void room.publish("note", { text: "two" });
  const [one, two] = room.outgoing.value;
  expect(one).toMatchObject({ key: "my-key", type: "note", data: { text: "one" }, status: "pending" });
  expect(two).toMatchObject({ data: { text: "two" }, status: "pending" });
  network.flow();
  await messages.when(() => messages.all.length === 2);
  await client.flush();
  expect(messages.all.map(({ key }) => key)).toEqual(["my-key", two?.key ?? ""]);
  await until(room.outgoing, (outgoing) => outgoing.length === 0);
  for (const keys of shown) expect(new Set(keys).size).toBe(keys.length);
});

test("the local echo survives lost acknowledgements", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const room = client.room("r");
  const messages = roomMailbox(room);
  await room.join();
  network.stall("down");
  const publishing = room.publish("note", 1, { listKey: "k" });
  const witness = await NativeClient.connect(scene.url, "witness");
  await witness.follow("r", { history: 1 });
  await witness.received(1);
  network.cut("reset");
  await publishing;
  await until(room.outgoing, (outgoing) => outgoing.length === 0);
  await messages.when(() => messages.all.length === 1);
  expect(messages.all.map(({ key }) => key)).toEqual(["k"]);
  await witness.close();
});

test("what failed stays in outgoing until it is tried again or thrown away", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("todo:x");
  await refusal(room.publish("note", 1, { listKey: "a" }));
  await refusal(room.publish("note", 2, { listKey: "b" }));
  expect(room.outgoing.value).toMatchObject([
    { key: "a", status: "failed", error: { code: "forbidden" } },
    { key: "b", status: "failed", error: { code: "forbidden" } },
  ]);
  room.discard("b");
  expect(room.outgoing.value.map(({ key }) => key)).toEqual(["a"]);
  const again = refusal(room.retry("a"));
  expect(room.outgoing.value).toMatchObject([{ status: "pending" }]);
  expect(await again).toMatchObject({ code: "forbidden" });
  expect(room.outgoing.value).toMatchObject([{ key: "a", status: "failed" }]);
  expect(() => room.discard("b")).toThrow(TypeError);
  room.discard("a");
  expect(room.outgoing.value).toEqual([]);
});
