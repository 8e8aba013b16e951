import { expect, test } from "bun:test";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

test("for await over a room joins it, and tells everything once, over breaks", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  await other.room("r").publish("note", 1);
  const room = client.room("r", { history: 10 });
  const told: unknown[] = [];
  for await (const { data } of room) {
    told.push(data);
    if (told.length === 10) break;
    if (told.length === 4) network.cut("reset");
    await other.room("r").publish("note", told.length + 1);
  }
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(room.state.value.status).toBe("live"); // whoever else listens goes on
});

test("two iterators of one room both get everything; each ends by itself", async () => {
  await using scene = await openScene();
  const { client } = await scene.guest("ada");
  const room = client.room("r");
  const controller = new AbortController();
  const read = async (stream: AsyncIterable<{ data: unknown }>, most: number) => {
    const told: unknown[] = [];
    for await (const { data } of stream) if (told.push(data) === most) break;
    return told;
  };
  const reads = [read(room.messages(), 3), read(room.messages(), 5)];
  const aborted = read(room.messages({ signal: controller.signal }), 100).catch((error: unknown) => error);
  await room.join();
  for (let i = 1; i <= 5; i++) await room.publish("note", i);
  expect(await Promise.all(reads)).toEqual([
    [1, 2, 3],
    [1, 2, 3, 4, 5],
  ]);
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await aborted).toBe(reason);
});

test("an iterator ends with an error if its room is refused, and without one when its client is closed", async () => {
  await using scene = await openScene({ limits: { roomsPerConnection: 1 } });
  const { client } = await scene.guest("ada");
  await client.room("one").join();
  const refused = await client
    .room("two")
    .messages()
    .next()
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "too_many_rooms" });
  const reading = client.room("one").messages().next();
  await client.close();
  expect(await reading).toEqual({ done: true, value: undefined });
  expect(
    await client
      .room("one")
      .messages()
      .next()
      .catch((error: unknown) => error),
  ).toMatchObject({ code: "closed" });
});

test("a value is read, subscribed to, and iterated over", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const seen: string[] = [];
  const controller = new AbortController();
  client.state.listen(({ status }) => seen.push(status), { signal: controller.signal });
  const iterated: string[] = [];
  const iterating = (async () => {
    for await (const { status } of client.state) {
      iterated.push(status);
      if (status === "online") break;
    }
  })();
  await client.connect();
  await iterating;
  expect(seen).toEqual(["connecting", "online"]);
  expect(iterated[0]).toBe("idle");
  controller.abort();
  network.cut("reset");
  await until(client.state, ({ status }) => status === "offline");
  expect(seen.length).toBe(2);
});

test("waiting for a connection or a room can be given up; the client goes on", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  network.refuse();
  const reason = new Error("too long");
  const controller = new AbortController();
  const waits = [
    client.connect({ signal: controller.signal }),
    client.room("r").join({ signal: controller.signal }),
  ].map((wait) => wait.catch((error: unknown) => error));
  controller.abort(reason);
  expect(await Promise.all(waits)).toEqual([reason, reason]);
  network.admit();
  await client.connect();
});
