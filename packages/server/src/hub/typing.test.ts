import { expect, test } from "bun:test";
import type { SimulatedClient } from "../../testing/simulation/simulated-client.ts";
import { Simulation } from "../../testing/simulation/simulation.ts";

const ROOM = "lobby";

function received(client: SimulatedClient): string[] {
  return client
    .of(ROOM)
    .flatMap((each) => (each.kind === "event" ? [`${each.event.from} ${each.event.data}`] : []));
}

async function start() {
  const simulation = new Simulation();
  const node = simulation.node();
  const ada = node.client("ada");
  const bob = simulation.node().client("bob");
  for (const each of [ada, bob]) each.join(ROOM);
  await simulation.clock.settle();
  return { clock: simulation.clock, node, ada, bob };
}

test("EVENT-3: who types and goes quiet has stopped after 6 s", async () => {
  const { clock, ada, bob } = await start();
  ada.event(ROOM, "typing", true);
  await clock.advance(5_999);
  expect(received(bob)).toEqual(["ada true"]);
  await clock.advance(1);
  expect(received(bob)).toEqual(["ada true", "ada false"]);
  await clock.advance(60_000);
  expect(received(bob)).toEqual(["ada true", "ada false"]);
});

test("EVENT-3: who types on is typing", async () => {
  const { clock, ada, bob } = await start();
  for (let i = 0; i < 4; i++) {
    ada.event(ROOM, "typing", true);
    await clock.advance(5_000);
  }
  expect(received(bob)).toEqual(["ada true", "ada true", "ada true", "ada true"]);
});

test("EVENT-3: who says that they stopped is not said so again", async () => {
  const { clock, ada, bob } = await start();
  ada.event(ROOM, "typing", true);
  ada.event(ROOM, "typing", false);
  await clock.advance(60_000);
  expect(received(bob)).toEqual(["ada true", "ada false"]);
});

test("EVENT-3: who leaves the room has stopped, at once and once", async () => {
  const { clock, ada, bob } = await start();
  ada.event(ROOM, "typing", true);
  ada.leave(ROOM);
  await clock.settle();
  expect(received(bob)).toEqual(["ada true", "ada false"]);
  await clock.advance(60_000);
  expect(received(bob)).toEqual(["ada true", "ada false"]);
});

test("EVENT-3: another connection of the user that leaves does not end the typing", async () => {
  const { clock, node, ada, bob } = await start();
  const phone = node.client("ada");
  phone.join(ROOM);
  await clock.settle();
  ada.event(ROOM, "typing", true);
  phone.disconnect();
  await clock.settle();
  expect(received(bob)).toEqual(["ada true"]);
  ada.disconnect();
  await clock.settle();
  expect(received(bob)).toEqual(["ada true", "ada false"]);
});

test("EVENT-1: an event goes to everyone in the room, in order with the messages, and is never stored", async () => {
  const { clock, node, ada, bob } = await start();
  ada.publish(ROOM, "one");
  ada.event(ROOM, "cursor", [1, 2]);
  ada.publish(ROOM, "two");
  await clock.settle();
  for (const each of [ada, bob]) expect(each.kinds(ROOM).slice(2)).toEqual(["message", "event", "message"]);
  const late = node.client("eve");
  late.join(ROOM, { start: { from: "position", offset: 0 } });
  await clock.settle();
  expect(late.kinds(ROOM)).toEqual(["joined", "message", "message", "live"]);
});

test("EVENT-1: its sender must be in the room", async () => {
  const { node } = await start();
  expect(node.client("eve").event(ROOM, "cursor", 1)).toMatchObject({ name: "not_joined" });
});
