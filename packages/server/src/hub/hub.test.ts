import { describe, expect, test } from "bun:test";
import { PlainEncoder } from "../../testing/simulation/simulated-client.ts";
import { Simulation } from "../../testing/simulation/simulation.ts";

const ROOM = "lobby";
const LARGE = "x".repeat(30_000);

describe("fan-out", () => {
  test("FAN-1: what happens in a turn is encoded once for all who see the room the same way", async () => {
    const simulation = new Simulation();
    const node = simulation.node();
    const clients = Array.from({ length: 40 }, (_, i) => node.client(`user${i}`));
    // Everyone brings an encoder of their own; two kinds of key among them.
    const own = clients.map((_, i) => new PlainEncoder(i % 2 === 0 ? undefined : ["note"]));
    for (const [i, client] of clients.entries()) client.join(ROOM, { encoder: own[i] ?? new PlainEncoder() });
    await simulation.clock.settle();
    const before = own.reduce((sum, { calls }) => sum + calls, 0);
    const published = node.broadcast.published;
    for (let i = 0; i < 10; i++) clients[0]?.publish(ROOM, i, { type: "note" });
    await simulation.clock.settle();
    expect(own.reduce((sum, { calls }) => sum + calls, 0) - before).toBe(2);
    expect(node.broadcast.published - published).toBe(20);
    for (const client of clients) expect(client.offsets(ROOM)).toHaveLength(10);
  });

  test("ORDER-1, ORDER-2: members on all nodes see one order, without a gap, under concurrent publishers", async () => {
    const simulation = new Simulation();
    const nodes = [simulation.node(), simulation.node(), simulation.node()];
    const { seed, clock } = simulation;
    simulation.engine.newsLag = () => seed.integer(10);
    const members = nodes.flatMap((node, i) => [node.client(`a${i}`), node.client(`b${i}`)]);
    for (const each of members) each.join(ROOM);
    await clock.advance(100);
    for (let i = 0; i < 300; i++) {
      members[seed.integer(members.length)]?.publish(ROOM, i);
      if (seed.integer(4) === 0) await clock.advance(seed.integer(5));
    }
    await clock.advance(10_000);
    const first = members[0]?.messages(ROOM);
    expect(first?.map(({ offset }) => offset)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    for (const each of members) expect(each.messages(ROOM)).toEqual(first ?? []);
  });
});

describe("leaving", () => {
  /** How far the join has got when the connection goes. */
  const states: Record<string, (simulation: Simulation) => Promise<void>> = {
    opening: async () => {},
    "waiting for its turn to be read": async ({ clock, engine }) => {
      engine.readLag = () => 1_000;
      await clock.advance(5);
    },
    replaying: async ({ clock }) => {
      await clock.settle();
    },
    live: async ({ clock }) => {
      await clock.settle();
    },
  };

  for (const [state, reach] of Object.entries(states)) {
    for (const from of ["history", "position"] as const) {
      test(`ERR-2: a connection that goes while a join from ${from} is ${state} leaves nothing behind`, async () => {
        const simulation = new Simulation({ limits: { tailPerRoom: 0, replayAhead: 1_000 } });
        const { clock } = simulation;
        const node = simulation.node();
        const publisher = node.client("publisher");
        for (let i = 0; i < 20; i++) publisher.publish(ROOM, LARGE);
        await clock.settle();
        const client = node.client("ada");
        client.socket.slow = state === "replaying";
        const start = from === "history" ? { from, count: 20 } : { from, offset: 0 };
        client.join(ROOM, { start, visible: true });
        await reach(simulation);
        expect(client.kinds(ROOM).includes("live")).toBe(state === "live");
        const received = client.socket.frames.length;
        client.disconnect();
        await clock.advance(60_000);
        expect(node.hub.roomCount).toBe(0);
        expect(node.broadcast.topicCount).toBe(0);
        expect(client.socket.frames).toHaveLength(received);
        expect(client.socket.tooLate).toBe(0);
      });
    }
  }

  test("ERR-2: many rooms, joined and left in any order, leave nothing behind", async () => {
    const simulation = new Simulation();
    const { clock, seed } = simulation;
    const node = simulation.node();
    simulation.engine.newsLag = () => seed.integer(5);
    const clients = Array.from({ length: 10 }, (_, i) => node.client(`user${i}`));
    for (let i = 0; i < 2_000; i++) {
      const client = clients[seed.integer(clients.length)];
      const room = `room${seed.integer(20)}`;
      if (client?.join(room, { visible: seed.integer(2) === 0 }) !== undefined) client?.leave(room);
      if (seed.integer(5) === 0) client?.event(room, "typing", true);
      if (seed.integer(10) === 0) await clock.advance(seed.integer(8));
    }
    for (const client of clients) client.disconnect();
    await clock.advance(60_000);
    expect(node.hub.roomCount).toBe(0);
    expect(node.broadcast.topicCount).toBe(0);
    // The engine's own upkeep is all that still waits for its time.
    expect(clock.waiting).toBe(1);
  });

  test("JOIN-3: a room that was closed and is opened again in one turn begins anew, without a gap", async () => {
    const simulation = new Simulation();
    const { clock } = simulation;
    const node = simulation.node();
    const [ada, bob] = [node.client("ada"), node.client("bob")];
    ada.join(ROOM);
    await clock.settle();
    bob.publish(ROOM, 1);
    ada.leave(ROOM);
    bob.join(ROOM);
    bob.publish(ROOM, 2);
    await clock.settle();
    expect(ada.offsets(ROOM)).toEqual([]);
    const joined = bob.of(ROOM)[0];
    expect(joined).toMatchObject({ kind: "joined" });
    const from = joined?.kind === "joined" ? joined.offset + 1 : 0;
    expect(bob.offsets(ROOM)).toEqual([1, 2].filter((offset) => offset >= from));
  });
});

describe("the end of the engine", () => {
  test("ENGINE-18: a join afterwards is refused, and leaves nothing behind", async () => {
    const simulation = new Simulation();
    const node = simulation.node();
    const ada = node.client("ada");
    ada.join(ROOM);
    await simulation.clock.settle();
    simulation.engine.lose();
    const bob = node.client("bob");
    expect(bob.join("other")).toMatchObject({ name: "unavailable" });
    expect(bob.join(ROOM)).toMatchObject({ name: "unavailable" });
    expect(node.hub.health).toMatchObject({ ok: false, lost: true });
    ada.disconnect();
    bob.disconnect();
    await simulation.clock.settle();
    expect(node.hub.roomCount).toBe(0);
  });
});

describe("the end of a node", () => {
  test("KEEP-1: whatever was submitted is settled and answered before the hub has closed", async () => {
    const simulation = new Simulation();
    const { clock } = simulation;
    const node = simulation.node();
    const ada = node.client("ada");
    simulation.engine.newsLag = () => 50;
    // Each fills a batch of its own, and two batches may be under way.
    for (let i = 0; i < 5; i++) ada.publish(ROOM, "x".repeat(300_000));
    await clock.turn();
    expect(ada.outcomes()).toEqual([]);
    const closing = node.hub.close();
    await clock.advance(1_000);
    await closing;
    expect(ada.outcomes().map(({ kind }) => kind)).toEqual(Array(5).fill("kept"));
    expect(node.hub.uncommitted).toBe(0);
  });

  test("KEEP-3: a publish or a join after that harms no one", async () => {
    const simulation = new Simulation();
    const { clock } = simulation;
    const node = simulation.node();
    const ada = node.client("ada");
    ada.join(ROOM, { visible: true });
    await clock.settle();
    const closing = node.hub.close();
    await clock.settle();
    await closing;
    ada.publish(ROOM, "late");
    ada.event(ROOM, "typing", true);
    ada.join("another");
    ada.disconnect();
    await clock.advance(60_000);
    expect(ada.messages(ROOM)).toEqual([]);
  });
});
