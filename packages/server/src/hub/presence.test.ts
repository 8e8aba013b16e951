import { expect, test } from "bun:test";
import type { Received, SimulatedClient } from "../../testing/simulation/simulated-client.ts";
import { type SimulatedNode, Simulation } from "../../testing/simulation/simulation.ts";

const ROOM = "lobby";
const VISIBLE = { visible: true };

/** The presence changes that a client received, as text: `+ada -bob (2)`. */
function presenceChanges(client: SimulatedClient): string[] {
  return client.of(ROOM).flatMap((each) => {
    if (each.kind !== "presence") return [];
    const joins = each.joins.map(({ user }) => `+${user}`);
    const leaves = each.leaves.map((user) => `-${user}`);
    const listed = each.members?.length;
    return [
      [...joins, ...leaves, ...(listed === undefined ? [] : [`=${listed}`]), `(${each.count})`].join(" "),
    ];
  });
}

function listed(client: SimulatedClient): string[] | undefined {
  const live = client.of(ROOM).find((each): each is Received & { kind: "live" } => each.kind === "live");
  return live?.members?.map(({ user }) => user);
}

async function start() {
  const simulation = new Simulation();
  const node = simulation.node();
  const observer = node.client("observer");
  observer.join(ROOM);
  await simulation.clock.settle();
  return { simulation, clock: simulation.clock, node, observer };
}

function crowd(node: SimulatedNode, count: number): SimulatedClient[] {
  return Array.from({ length: count }, (_, i) => {
    const client = node.client(`user${i}`);
    client.join(ROOM, VISIBLE);
    return client;
  });
}

test("PRES-1: a newcomer is sent before live who is there, and then everyone who comes, itself included", async () => {
  const { clock, node, observer } = await start();
  const ada = node.client("ada");
  ada.join(ROOM, VISIBLE);
  await clock.settle();
  const bob = node.client("bob");
  bob.join(ROOM, VISIBLE);
  await clock.settle();
  expect(listed(ada)).toEqual([]);
  expect(listed(bob)).toEqual(["ada"]);
  expect(presenceChanges(ada)).toEqual(["+ada (1)", "+bob (2)"]);
  expect(presenceChanges(bob)).toEqual(["+bob (2)"]);
  expect(presenceChanges(observer)).toEqual(["+ada (1)", "+bob (2)"]);
});

test("PRES-1: a user is seen once, over however many connections and nodes", async () => {
  const { simulation, clock, node, observer } = await start();
  const other = simulation.node();
  const connections = [node.client("ada"), node.client("ada"), other.client("ada")];
  for (const each of connections) {
    each.join(ROOM, VISIBLE);
    await clock.settle();
  }
  for (const each of connections.slice(0, 2)) each.disconnect();
  await clock.advance(60_000);
  expect(presenceChanges(observer)).toEqual(["+ada (1)"]);
  connections[2]?.disconnect();
  await clock.advance(60_000);
  expect(presenceChanges(observer)).toEqual(["+ada (1)", "-ada (0)"]);
});

test("PRES-1: joins of one turn are one change", async () => {
  const { clock, node, observer } = await start();
  crowd(node, 3);
  await clock.settle();
  expect(presenceChanges(observer)).toEqual(["+user0 +user1 +user2 (3)"]);
});

test("PRES-1: a member without presence is not seen", async () => {
  const { clock, node, observer } = await start();
  node.client("ghost").join(ROOM);
  await clock.settle();
  expect(presenceChanges(observer)).toEqual([]);
});

test("PRES-2: a user leaves 5 s after the last connection, not before", async () => {
  const { clock, node, observer } = await start();
  const ada = node.client("ada");
  ada.join(ROOM, VISIBLE);
  await clock.settle();
  ada.disconnect();
  await clock.advance(4_999);
  expect(presenceChanges(observer)).toEqual(["+ada (1)"]);
  await clock.advance(1);
  expect(presenceChanges(observer)).toEqual(["+ada (1)", "-ada (0)"]);
});

test("PRES-2: coming back in time, on any node, changes nothing", async () => {
  const { simulation, clock, node, observer } = await start();
  const ada = node.client("ada");
  ada.join(ROOM, VISIBLE);
  await clock.settle();
  ada.leave(ROOM);
  await clock.advance(4_000);
  const back = simulation.node().client("ada");
  back.join(ROOM, VISIBLE);
  await clock.advance(60_000);
  expect(presenceChanges(observer)).toEqual(["+ada (1)"]);
});

test("PRES-2: who leaves and joins again in one turn was never gone", async () => {
  const { clock, node, observer } = await start();
  const ada = node.client("ada");
  ada.join(ROOM, VISIBLE);
  await clock.settle();
  ada.leave(ROOM);
  ada.join(ROOM, VISIBLE);
  await clock.advance(60_000);
  expect(presenceChanges(observer)).toEqual(["+ada (1)"]);
  expect(node.hub.roomCount).toBe(1);
});

test("PRES-3: the members of a node that died are gone within 30 s", async () => {
  const { simulation, clock, observer } = await start();
  const doomed = simulation.node();
  doomed.client("ada").join(ROOM, VISIBLE);
  await clock.advance(1_000);
  doomed.crash();
  expect(presenceChanges(observer)).toEqual(["+ada (1)"]);
  await clock.advance(30_000);
  expect(presenceChanges(observer)).toEqual(["+ada (1)", "-ada (0)"]);
});

test("PRES-3: the members of a node that closes leave like anyone else", async () => {
  const { simulation, clock, observer } = await start();
  const stopping = simulation.node();
  stopping.client("ada").join(ROOM, VISIBLE);
  await clock.settle();
  const closing = stopping.hub.close();
  await clock.advance(5_000);
  await closing;
  expect(presenceChanges(observer)).toEqual(["+ada (1)", "-ada (0)"]);
});

test("PRES-4: past 500 members only the count is sent; at 450 they are listed again", async () => {
  const { clock, node, observer } = await start();
  const users = crowd(node, 500);
  await clock.settle();
  const last = node.client("last");
  last.join(ROOM, VISIBLE);
  await clock.settle();
  expect(listed(last)).toHaveLength(500);
  expect(presenceChanges(observer).at(-1)).toBe("(501)");
  expect(observer.members(ROOM)).toEqual([{ members: undefined, count: 501 }]);

  for (const user of users.slice(0, 50)) user.disconnect();
  await clock.advance(5_000);
  expect(presenceChanges(observer).at(-1)).toBe("(451)");
  last.disconnect();
  await clock.advance(5_000);
  expect(presenceChanges(observer).at(-1)).toBe("=450 (450)");
  node.client("newcomer").join(ROOM, VISIBLE);
  await clock.settle();
  expect(presenceChanges(observer).at(-1)).toBe("+newcomer (451)");
});

test("PRES-1: members asked for in the turn of the join are answered once the room is open", async () => {
  const { clock, node } = await start();
  const ada = node.client("ada");
  ada.join("elsewhere");
  const answers = ada.members("elsewhere");
  expect(answers).toEqual([]);
  await clock.settle();
  expect(answers).toEqual([{ members: [], count: 0 }]);
  ada.join("third");
  const late = ada.members("third");
  ada.leave("third");
  await clock.settle();
  expect(late).toMatchObject([{ name: "not_joined" }]);
});

test("PRES-4: a client that joins a room past the bound is sent the count alone", async () => {
  const { clock, node } = await start();
  crowd(node, 502);
  await clock.settle();
  const late = node.client("late");
  late.join(ROOM, VISIBLE);
  await clock.settle();
  expect(listed(late)).toBeUndefined();
});

test("PRES-5: a connection's leave comes after everything that it still had to publish", async () => {
  const { simulation, clock, node, observer } = await start();
  const ada = node.client("ada");
  ada.join(ROOM, VISIBLE);
  await clock.settle();
  simulation.engine.newsLag = () => 20;
  for (let i = 0; i < 5; i++) {
    ada.publish(ROOM, i);
    // Each turn is a batch of its own, and two are under way at most: the leave must not overtake the others.
    if (i < 4) await clock.turn();
  }
  ada.disconnect();
  await clock.advance(1_000);
  const kinds = observer.of(ROOM).flatMap((each) => {
    return each.kind === "message" || each.kind === "left" ? [each.kind] : [];
  });
  expect(kinds).toEqual(["message", "message", "message", "message", "message", "left"]);
});
