import { expect, test } from "bun:test";
import { Mailbox } from "@fanfare/testing/mailbox";
import { roomMailbox } from "./support/room-mailbox.ts";
import { openScene } from "./support/scene.ts";
import { until } from "./support/until.ts";

test("JOIN-7 JOIN-8: a pattern hears the messages and events of all rooms that match, and a break is told as a reset", async () => {
  await using scene = await openScene();
  const { client, network } = await scene.guest("ada");
  const { client: other } = await scene.guest("bo");
  const pattern = client.pattern("orders.*");
  const messages = roomMailbox(pattern);
  const resets: string[] = [];
  pattern.on("reset", ({ reason }) => resets.push(reason));
  const events = new Mailbox<unknown>("its events");
  pattern.on("event", (event) => events.push(event));
  await pattern.join();
  // In it by its own name as well: each gets what is its own.
  const own = roomMailbox(client.room("orders.1"));
  await client.room("orders.1").join();
  await other.room("orders.1").publish("new", 1);
  await other.room("orders.2").publish("new", 2);
  await other.room("other").publish("new", 3);
  await other.room("orders.1").publish("new", 4);
  await messages.when(() => messages.all.length === 3);
  await own.when(() => own.all.length === 2);
  expect(messages.all.map(({ room, data }) => `${room} ${data}`)).toEqual([
    "orders.1 1",
    "orders.2 2",
    "orders.1 4",
  ]);
  expect(own.all.map(({ data }) => data)).toEqual([1, 4]);
  const room = other.room("orders.2");
  await room.join();
  room.event("blink", { n: 1 });
  expect(await events.next()).toMatchObject({ room: "orders.2", type: "blink", from: "bo", data: { n: 1 } });
  expect(resets).toEqual([]);
  network.cut("reset");
  await until(client.state, ({ status }) => status === "offline");
  await until(client.state, ({ status }) => status === "online");
  await until(pattern.state, ({ status }) => status === "live");
  expect(resets).toEqual(["pattern"]);
  await other.room("orders.3").publish("new", 5);
  expect((await messages.next(({ data }) => data === 5)).room).toBe("orders.3");
  await pattern.leave();
});
