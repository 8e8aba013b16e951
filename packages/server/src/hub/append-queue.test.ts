import { describe, expect, test } from "bun:test";
import { Simulation } from "../../testing/simulation/simulation.ts";
import { OVERHEAD } from "./append-queue.ts";
import { weight } from "./tail.ts";

const ROOM = "lobby";
const KB = "x".repeat(1022);
/** Ids and users' names of one length each, so that all publishes weigh the same. */
const id = (i: number) => ({ id: `m${String(i).padStart(5, "0")}` });
const user = (i: number) => `user${String(i).padStart(3, "0")}`;
const ADA = user(0);
const WEIGHT =
  OVERHEAD + ROOM.length + weight({ data: JSON.stringify(KB), from: ADA, type: "chat", ...id(0) });

/** A node whose commits take a second to come back. */
function start(limits: object = {}) {
  const simulation = new Simulation({ limits });
  simulation.engine.newsLag = () => 1_000;
  return { simulation, clock: simulation.clock, node: simulation.node() };
}

describe("a fast publisher", () => {
  test("FLOW-2: a connection is not read past 1 MiB uncommitted, and again from half of it on", async () => {
    const { clock, node } = start();
    const ada = node.client(ADA);
    const bob = node.client("bob");
    const most = Math.floor((1024 * 1024) / WEIGHT);
    for (let i = 0; i < most; i++) ada.publish(ROOM, KB, id(i));
    expect(ada.socket.paused).toBe(false);
    ada.publish(ROOM, KB, id(most));
    bob.publish(ROOM, KB);
    expect(ada.socket.paused).toBe(true);
    expect(bob.socket.paused).toBe(false);
    // Four batches, two of them under way at a time.
    await clock.advance(2_000);
    expect(ada.outcomes()).toHaveLength(most + 1);
    expect(ada.socket.paused).toBe(false);
    expect(node.hub.uncommitted).toBe(0);
  });

  test("FLOW-2, FLOW-3: events wait under the same bound as messages", async () => {
    const { clock, node } = start({ uncommittedPerConnection: 10 * WEIGHT });
    const ada = node.client(ADA);
    ada.join(ROOM);
    await clock.advance(2_000);
    for (let i = 0; i < 10; i++) ada.event(ROOM, "cursor", KB);
    expect(ada.socket.paused).toBe(false);
    ada.event(ROOM, "cursor", KB);
    expect(ada.socket.paused).toBe(true);
    await clock.advance(10_000);
    expect(ada.socket.paused).toBe(false);
    expect(node.hub.uncommitted).toBe(0);
    expect(ada.kinds(ROOM).filter((kind) => kind === "event")).toHaveLength(11);
  });

  test("FLOW-2: what is small counts for more than its bytes, and fills a batch by its bytes alone", async () => {
    const { simulation, clock, node } = start();
    let largest = 0;
    simulation.engine.onSubmit = (bytes) => {
      largest = Math.max(largest, bytes);
    };
    const ada = node.client(ADA);
    const most = Math.floor((1024 * 1024) / (WEIGHT - KB.length));
    for (let i = 0; i < most; i++) ada.publish(ROOM, "", id(i));
    expect(ada.socket.paused).toBe(false);
    ada.publish(ROOM, "", id(most));
    expect(ada.socket.paused).toBe(true);
    await clock.advance(2_000);
    expect(ada.outcomes()).toHaveLength(most + 1);
    expect(largest).toBe((most + 1) * '""'.length); // one batch
    expect(node.hub.uncommitted).toBe(0);
  });

  test("FLOW-2: at most two batches are under way, and none is much larger than 256 KiB", async () => {
    const { simulation, clock, node } = start();
    const sizes: number[] = [];
    let underWay = 0;
    let most = 0;
    simulation.engine.onSubmit = (bytes) => {
      sizes.push(bytes);
      most = Math.max(most, ++underWay);
    };
    simulation.engine.onSettled = (count) => {
      underWay -= count;
    };
    const ada = node.client(ADA);
    for (let i = 0; i < 1_000; i++) ada.publish(ROOM, KB);
    await clock.advance(60_000);
    expect(ada.outcomes()).toHaveLength(1_000);
    expect(most).toBe(2);
    expect(underWay).toBe(0);
    expect(Math.max(...sizes)).toBeLessThan(256 * 1024 + 2 * WEIGHT);
  });

  test("FLOW-2: it is not read again before half of it is committed", async () => {
    const { clock, node } = start({ uncommittedPerConnection: 10 * WEIGHT });
    const ada = node.client(ADA);
    // Two batches of four and seven: the first one's commit leaves seven waiting.
    for (let i = 0; i < 4; i++) ada.publish(ROOM, KB, id(i));
    await clock.advance(500);
    for (let i = 4; i < 11; i++) ada.publish(ROOM, KB, id(i));
    expect(ada.socket.paused).toBe(true);
    await clock.advance(600);
    expect(ada.outcomes()).toHaveLength(4);
    expect(ada.socket.paused).toBe(true);
    await clock.advance(1_000);
    expect(ada.outcomes()).toHaveLength(11);
    expect(ada.socket.paused).toBe(false);
  });

  test("FLOW-2: past the bound of the node a connection that publishes is not read, until half of it is committed", async () => {
    const { clock, node } = start({ uncommittedPerNode: 10 * WEIGHT });
    const publishers = Array.from({ length: 12 }, (_, i) => node.client(user(i)));
    const idle = node.client("idle");
    for (const [i, each] of publishers.entries()) each.publish(ROOM, KB, id(i));
    expect(publishers.map(({ socket }) => socket.paused)).toEqual([...Array(10).fill(false), true, true]);
    expect(idle.socket.paused).toBe(false);
    await clock.advance(1_000);
    expect(publishers.some(({ socket }) => socket.paused)).toBe(false);
  });

  test("FLOW-2: by default a node holds 64 MiB uncommitted", () => {
    const { node } = start();
    const mb = "x".repeat(380_000);
    const count = Math.ceil(
      (64 * 1024 * 1024) / weight({ data: JSON.stringify(mb), from: ADA, type: "chat" }),
    );
    // Two each, so that none of them reaches a bound of its own.
    const publishers = Array.from({ length: Math.ceil((count + 1) / 2) }, (_, i) => node.client(user(i)));
    for (const each of publishers) {
      each.publish(ROOM, mb);
      each.publish(ROOM, mb);
    }
    const held = publishers.filter(({ socket }) => socket.paused);
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThan(3);
  });

  test("FLOW-3: a connection with more than 64 history requests waiting is not read", async () => {
    const { simulation, clock, node } = start();
    simulation.engine.readLag = () => 100;
    const ada = node.client("ada");
    const pages: unknown[] = [];
    const ask = () =>
      node.hub.history(ada.connection, ROOM, { after: 0 }, { count: 1, bytes: 1 }, (page) =>
        pages.push(page),
      );
    for (let i = 0; i < 64; i++) ask();
    expect(ada.socket.paused).toBe(false);
    ask();
    expect(ada.socket.paused).toBe(true);
    await clock.advance(3_200);
    expect(pages).toHaveLength(32);
    expect(ada.socket.paused).toBe(true);
    await clock.advance(100);
    expect(ada.socket.paused).toBe(false);
    await clock.advance(10_000);
    expect(pages).toHaveLength(65);
  });
});

describe("a client that asks faster than it is answered", () => {
  test("FLOW-3: is not read while its joins and leaves pile up behind a read that hangs", async () => {
    const { simulation, clock, node } = start();
    const bob = node.client("bob");
    bob.publish(ROOM, KB);
    await clock.advance(5_000);
    simulation.engine.readLag = () => 1_000_000;
    const ada = node.client("ada");
    ada.join("other");
    await clock.advance(5_000);
    const replay = { start: { from: "position", offset: 0 } } as const;
    ada.join(ROOM, replay);
    await clock.advance(5_000);
    let pairs = 0;
    for (; pairs < 1_000 && !ada.socket.paused; pairs++) {
      ada.leave(ROOM);
      ada.join(ROOM, replay);
      await clock.advance(2_000);
    }
    expect(ada.socket.paused).toBe(true);
    expect(pairs).toBeLessThan(100);
    simulation.engine.readLag = () => 0;
    await clock.advance(2_000_000);
    expect(ada.socket.paused).toBe(false);
    expect(ada.offsets(ROOM).at(-1)).toBe(1);
  });

  test("FLOW-2: its comings and goings count like what it publishes", async () => {
    const { clock, node } = start({ uncommittedPerConnection: 1_000 });
    const ada = node.client("ada");
    ada.join(ROOM);
    await clock.advance(3_000);
    ada.leave(ROOM);
    for (let i = 0; i < 20; i++) ada.join(`room${i}`, { visible: true });
    await clock.advance(1_000);
    expect(ada.socket.paused).toBe(true);
    await clock.advance(5_000);
    expect(ada.socket.paused).toBe(false);
    expect(node.hub.uncommitted).toBe(0);
  });
});

describe("what becomes of a publish", () => {
  test("PUB-1, KEEP-2: its outcome comes before the message, and neither before the commit", async () => {
    const { clock, node } = start();
    const ada = node.client("ada");
    ada.join(ROOM);
    await clock.advance(2_000);
    ada.publish(ROOM, "hi", { id: "m1" });
    await clock.advance(999);
    expect(ada.received.map(({ kind }) => kind)).toEqual(["joined", "live"]);
    await clock.advance(1);
    expect(ada.received.slice(2)).toMatchObject([
      { kind: "published", id: "m1", outcome: { kind: "kept", offset: 1, epoch: "life1", duplicate: false } },
      { kind: "message", message: { offset: 1, id: "m1" } },
    ]);
  });

  test("ROOM-1: a message carries its room, offset, id, type, sender, time and data", async () => {
    const { clock, node } = start();
    const ada = node.client("ada");
    ada.join(ROOM);
    await clock.advance(2_000);
    const at = clock.now();
    ada.publish(ROOM, { deep: [1] }, { type: "note", id: "m1" });
    await clock.advance(1_000);
    expect(ada.messages(ROOM)).toEqual([
      { offset: 1, id: "m1", type: "note", from: "ada", at, data: '{"deep":[1]}' },
    ]);
  });

  test("NAME-4: ids that the server gives contain a dot or a colon, and are never given twice", async () => {
    const { clock, simulation, node } = start();
    const other = simulation.node();
    const identity = { user: "ada", publisher: "0123456789abcdef" };
    const all = [node.client(identity), other.client({ user: "bob", publisher: "fedcba9876543210" })];
    for (const each of all) {
      for (let n = 1; n <= 3; n++) {
        each.publish(ROOM, n);
        each.publish(ROOM, n, { n });
      }
    }
    await clock.advance(5_000);
    const ids = all.flatMap(({ received }) =>
      received.flatMap((each) => (each.kind === "published" ? [each.id] : [])),
    );
    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(12);
    for (const id of ids) expect(id).toMatch(/[.:]/);
  });

  test("PUB-2: n needs a publisher; a retry of it is recognised, a retry of nothing is not", async () => {
    const { clock, node } = start();
    const guest = node.client("eve");
    expect(guest.publish(ROOM, "hi", { n: 1 })).toMatchObject({ name: "bad_request" });
    const ada = node.client({ user: "ada", publisher: "0123456789abcdef" });
    for (let i = 0; i < 2; i++) {
      ada.publish(ROOM, "numbered", { n: 1 });
      ada.publish(ROOM, "named", { id: "m1" });
      ada.publish(ROOM, "nameless");
    }
    await clock.advance(5_000);
    expect(
      ada.outcomes().map((each) => (each.kind === "kept" ? [each.offset, each.duplicate] : each)),
    ).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [1, true],
      [2, true],
      [4, false],
    ]);
  });

  test("KEEP-3: what could not be kept is refused as unavailable, sent to no member, and may be sent again", async () => {
    const { simulation, clock, node } = start();
    const ada = node.client("ada");
    const bob = node.client("bob");
    for (const each of [ada, bob]) each.join(ROOM);
    await clock.advance(2_000);
    simulation.engine.commits = false;
    ada.publish(ROOM, "lost", { id: "m1" });
    ada.event(ROOM, "cursor", 1);
    await clock.advance(2_000);
    expect(ada.outcomes()).toEqual([{ kind: "unavailable", reason: "the disk is full" }]);
    expect(bob.kinds(ROOM).slice(2)).toEqual(["event"]);
    simulation.engine.commits = true;
    ada.publish(ROOM, "lost", { id: "m1" });
    await clock.advance(2_000);
    expect(ada.outcomes()[1]).toMatchObject({ kind: "kept", offset: 1, duplicate: false });
    expect(bob.offsets(ROOM)).toEqual([1]);
    expect(node.hub.uncommitted).toBe(0);
  });

  test("ORDER-3: messages of one connection are kept in their order, over any number of batches", async () => {
    const { simulation, clock, node } = start();
    simulation.engine.newsLag = () => simulation.seed.integer(30);
    const ada = node.client("ada");
    ada.join(ROOM);
    for (let i = 0; i < 200; i++) {
      ada.publish(ROOM, i);
      if (simulation.seed.integer(3) === 0) await clock.advance(simulation.seed.integer(20));
    }
    await clock.advance(60_000);
    expect(ada.messages(ROOM).map(({ data }) => Number(data))).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    );
  });
});
