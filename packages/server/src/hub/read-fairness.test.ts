import { expect, test } from "bun:test";
import type { Refusal } from "@fanfare/protocol";
import { Simulation } from "../../testing/simulation/simulation.ts";
import type { Page } from "../engines/engine.ts";

const MESSAGES = 1_200;
const ROOMS = ["a", "b", "c"];

/** Rooms whose logs are long and not in memory, and an engine that takes a millisecond for each read. */
async function longRooms() {
  const simulation = new Simulation({ limits: { tailPerNode: 0, tailPerRoom: 0 } });
  const node = simulation.node();
  const publisher = node.client("publisher");
  for (const room of ROOMS) for (let i = 0; i < MESSAGES; i++) publisher.publish(room, i, { type: "note" });
  publisher.publish("short", "hi");
  await simulation.clock.settle();
  simulation.engine.readLag = () => 1;
  return { simulation, node };
}

test("FLOW-5: many filtered joins, which scan whole rooms, do not hold up a page of history or a join", async () => {
  const { simulation, node } = await longRooms();
  for (let i = 0; i < 60; i++) {
    const reader = node.client(`reader${i}`);
    for (const room of ROOMS) reader.join(room, { start: { from: "history", count: 1000 }, types: ["none"] });
  }
  await simulation.clock.advance(3);
  const honest = node.client("honest");
  const pages: (Page | Refusal)[] = [];
  honest.history("short", { before: Number.MAX_SAFE_INTEGER }, { count: 20, bytes: 1000 }, pages);
  // One read under way, and its own.
  await simulation.clock.advance(2);
  expect(pages).toHaveLength(1);
  honest.join("short", { start: { from: "history", count: 20 } });
  await simulation.clock.advance(4);
  expect(honest.kinds("short")).toEqual(["joined", "message", "live"]);
});

test("FLOW-5: a filter that passes over many recent messages, which are in memory, gives others their turns", async () => {
  const simulation = new Simulation();
  const node = simulation.node();
  const publisher = node.client("publisher");
  publisher.join("busy");
  await simulation.clock.settle();
  for (let i = 0; i < 3_000; i++) publisher.publish("busy", "x".repeat(200), { type: "note" });
  await simulation.clock.settle();
  const reader = node.client("reader");
  reader.join("busy", { start: { from: "position", offset: 0 }, types: ["none"] });
  expect(reader.kinds("busy")).toEqual(["joined"]);
  await simulation.clock.turn();
  expect(reader.kinds("busy")).toEqual(["joined"]);
  await simulation.clock.settle();
  expect(reader.kinds("busy")).toEqual(["joined", "live"]);
});
