import { describe, expect, test } from "bun:test";
import { PlainEncoder } from "../../testing/simulation/simulated-client.ts";
import { Simulation } from "../../testing/simulation/simulation.ts";
import { DEFAULT_POLICY } from "../config/policy.ts";

describe("a pattern", () => {
  test("JOIN-7, ORDER-1: brings what happens in all rooms that match, over all nodes, each room in its order", async () => {
    const simulation = new Simulation();
    const { clock, seed, engine } = simulation;
    engine.newsLag = () => seed.integer(10);
    const [here, there] = [simulation.node(), simulation.node()];
    const listener = here.client("listener");
    listener.listen("orders.*");
    await clock.advance(100);
    const publishers = [here.client("a"), there.client("b")];
    const rooms = ["orders.eu", "orders.us", "orders", "xorders.eu"];
    for (let i = 0; i < 200; i++) {
      publishers[i % 2]?.publish(rooms[seed.integer(rooms.length)] ?? "orders.eu", i);
      if (seed.integer(4) === 0) await clock.advance(seed.integer(5));
    }
    await clock.advance(10_000);
    for (const room of rooms) {
      const log = here.client("historian");
      log.join(room, { start: { from: "position", offset: 0 } });
      await clock.advance(1_000);
      expect(listener.messages(room)).toEqual(room.startsWith("orders.") ? log.messages(room) : []);
    }
    expect(listener.messages("orders.eu").length).toBeGreaterThan(10);
  });

  test("JOIN-7: from live on nothing is missed, also where messages are under way, and nothing from before is sent", async () => {
    const simulation = new Simulation();
    const { clock, seed, engine } = simulation;
    engine.newsLag = () => seed.integer(5);
    const [here, there] = [simulation.node(), simulation.node()];
    const publisher = there.client("b");
    const listeners = [];
    for (let i = 0; i < 100; i++) {
      publisher.publish("orders.eu", i);
      if (i % 10 === 0) {
        const listener = here.client(`l${i}`);
        listener.listen("orders.*");
        listeners.push(listener);
        if (i % 20 === 0) listener.unlisten("orders.*");
      }
      await clock.turn();
    }
    await clock.advance(1_000);
    for (const [i, listener] of listeners.entries()) {
      const offsets = listener.offsets("orders.eu");
      if (i % 2 === 0) expect(offsets).toEqual([]);
      else {
        expect(offsets.length).toBeGreaterThan(0);
        expect(offsets).toEqual(offsets.map((_, at) => 101 - offsets.length + at));
      }
    }
  });

  test("FAN-1: is encoded once per room, turn and group", async () => {
    const simulation = new Simulation();
    const node = simulation.node();
    const encoders = Array.from(
      { length: 30 },
      (_, i) => new PlainEncoder(i % 2 === 0 ? undefined : ["note"]),
    );
    for (const [i, encoder] of encoders.entries()) {
      const client = node.client(`user${i}`);
      node.hub.listen(client.connection, { pattern: "a*", encoder, joined: () => {}, live: () => {} });
    }
    await simulation.clock.settle();
    const publisher = node.client("publisher");
    for (let i = 0; i < 10; i++)
      for (const room of ["a1", "a2", "b"]) publisher.publish(room, i, { type: "note" });
    await simulation.clock.settle();
    expect(encoders.reduce((sum, { calls }) => sum + calls, 0)).toBe(4);
    expect(node.broadcast.published).toBe(40);
  });

  test("JOIN-7: does not bring presence", async () => {
    const simulation = new Simulation();
    const node = simulation.node();
    const [listener, ada] = [node.client("listener"), node.client("ada")];
    listener.listen("a*");
    ada.join("a1", { visible: true });
    await simulation.clock.settle();
    ada.event("a1", "wave", 1);
    ada.disconnect();
    await simulation.clock.advance(20_000);
    expect(listener.kinds("a1")).toEqual(["event"]);
  });

  test("JOIN-8: counts as a room", async () => {
    const simulation = new Simulation({ limits: { roomsPerConnection: 3 } });
    const ada = simulation.node().client("ada");
    expect(ada.listen("a*")).toBeUndefined();
    expect(ada.join("a")).toBeUndefined();
    expect(ada.listen("b*")).toBeUndefined();
    expect(ada.listen("c*")).toMatchObject({ name: "too_many_rooms" });
    expect(ada.join("c")).toMatchObject({ name: "too_many_rooms" });
    expect(ada.listen("a*")).toMatchObject({ name: "already_joined" });
    await simulation.clock.settle();
    expect(ada.unlisten("a*")).toBeUndefined();
    expect(ada.unlisten("a*")).toMatchObject({ name: "not_joined" });
    expect(ada.join("c")).toBeUndefined();
  });

  test("JOIN-8: joins that wait for the engine are bounded like those of rooms", async () => {
    const simulation = new Simulation({ policies: [DEFAULT_POLICY], limits: { requestsPerConnection: 4 } });
    simulation.engine.newsLag = () => 1_000;
    const ada = simulation.node().client("ada");
    for (let i = 0; i < 6; i++) ada.listen(`a${i}*`);
    expect(ada.socket.paused).toBe(true);
    for (let i = 0; i < 3; i++) ada.unlisten(`a${i}*`);
    await simulation.clock.advance(5_000);
    expect(ada.socket.paused).toBe(false);
  });

  test("JOIN-7: a listener may leave at any moment, and leaves nothing behind", async () => {
    const simulation = new Simulation();
    const { clock, engine } = simulation;
    engine.newsLag = () => 3;
    const node = simulation.node();
    for (let wait = 0; wait < 10; wait++) {
      const [ada, bob] = [node.client("ada"), node.client("bob")];
      for (const each of [ada, bob]) each.listen("a*");
      await clock.advance(wait);
      ada.disconnect();
      bob.publish("a1", wait);
      await clock.advance(100);
      expect(bob.messages("a1")).toHaveLength(1);
      bob.unlisten("a*");
      await clock.advance(100);
      expect([node.hub.patternCount, node.broadcast.topicCount]).toEqual([0, 0]);
      bob.disconnect();
    }
  });
});
