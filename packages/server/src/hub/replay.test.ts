import { describe, expect, test } from "bun:test";
import type { Refusal } from "@fanfare/protocol";
import type { SimulatedClient } from "../../testing/simulation/simulated-client.ts";
import { Simulation, type SimulationOptions } from "../../testing/simulation/simulation.ts";
import { DEFAULT_POLICY } from "../config/policy.ts";
import type { Page } from "../engines/engine.ts";

const ROOM = "lobby";
const NEVER = Number.POSITIVE_INFINITY;
/** A tail this short sends every replay to the log. */
const NO_TAIL = { tailPerRoom: 0 };
/** Data of which seven make one piece of a replay. */
const LARGE = "x".repeat(30_000);

/** A room with `count` messages, and someone in it who keeps it open. */
async function talked(count: number, options: SimulationOptions = {}, data: unknown = "hi") {
  const simulation = new Simulation(options);
  const node = simulation.node();
  const publisher = node.client("ada");
  publisher.join(ROOM);
  for (let i = 0; i < count; i++) publisher.publish(ROOM, data, { type: i % 2 === 0 ? "chat" : "note" });
  await simulation.clock.settle();
  return { simulation, node, publisher };
}

function keeping(count: number, ageMs = NEVER): SimulationOptions {
  return { policies: [{ ...DEFAULT_POLICY, history: { count, ageMs } }] };
}

describe("what a join is sent of the past", () => {
  test("JOIN-1: joined with the newest offset, then the past, then live, then what happens", async () => {
    const { simulation, node, publisher } = await talked(3);
    const late = node.client("bob");
    late.join(ROOM, { start: { from: "position", epoch: "life1", offset: 1 } });
    await simulation.clock.settle();
    publisher.publish(ROOM, "now");
    await simulation.clock.settle();
    expect(late.of(ROOM).slice(0, 4)).toMatchObject([
      { kind: "joined", epoch: "life1", offset: 3 },
      { kind: "message", message: { offset: 2 } },
      { kind: "message", message: { offset: 3 } },
      { kind: "live", offset: 3 },
    ]);
    expect(late.offsets(ROOM)).toEqual([2, 3, 4]);
  });

  test("JOIN-2: with neither after nor history a join is live at once", async () => {
    const { simulation, node } = await talked(3);
    const late = node.client("bob");
    late.join(ROOM);
    await simulation.clock.settle();
    expect(late.kinds(ROOM)).toEqual(["joined", "live"]);
  });

  for (const limits of [{}, NO_TAIL]) {
    const source = limits === NO_TAIL ? "the log" : "memory";
    test(`JOIN-2, JOIN-4: history counts the messages that pass the filter, from ${source}`, async () => {
      const { simulation, node } = await talked(9, { limits });
      const late = node.client("bob");
      late.join(ROOM, { start: { from: "history", count: 2 }, types: ["note"] });
      await simulation.clock.settle();
      expect(late.offsets(ROOM)).toEqual([6, 8]);
    });
  }

  test("JOIN-2: more history than there is gives all there is, and none gives none", async () => {
    const { simulation, node } = await talked(3);
    const curious = node.client("bob");
    const indifferent = node.client("eve");
    curious.join(ROOM, { start: { from: "history", count: 1000 } });
    indifferent.join(ROOM, { start: { from: "history", count: 0 } });
    curious.join("empty", { start: { from: "history", count: 5 } });
    await simulation.clock.settle();
    expect(curious.offsets(ROOM)).toEqual([1, 2, 3]);
    expect(indifferent.kinds(ROOM)).toEqual(["joined", "live"]);
    expect(curious.kinds("empty")).toEqual(["joined", "live"]);
  });

  test("JOIN-2: history looks for its messages behind pages of others", async () => {
    const { simulation, node, publisher } = await talked(0, { limits: NO_TAIL });
    publisher.publish(ROOM, "old", { type: "rare" });
    for (let i = 0; i < 2500; i++) publisher.publish(ROOM, i);
    await simulation.clock.settle();
    const late = node.client("bob");
    late.join(ROOM, { start: { from: "history", count: 1 }, types: ["rare"] });
    await simulation.clock.settle();
    expect(late.offsets(ROOM)).toEqual([1]);
    expect(late.kinds(ROOM)).toEqual(["joined", "message", "live"]);
  });

  test("PUB-1: a replay does not overtake the outcome of its reader's own publish", async () => {
    const { simulation, node } = await talked(2, { limits: NO_TAIL });
    simulation.engine.newsLag = () => 1_000;
    const bob = node.client("bob");
    bob.publish(ROOM, "mine");
    await simulation.clock.advance(10);
    bob.join(ROOM, { start: { from: "position", offset: 0 } });
    await simulation.clock.advance(10_000);
    expect(bob.received.map(({ kind }) => kind)).toEqual([
      "joined",
      "message",
      "message",
      "live",
      "published",
      "message",
    ]);
  });

  test("FRAME-2: a room left before it had opened still answers the join, once", async () => {
    const simulation = new Simulation();
    const client = simulation.node().client("ada");
    client.join(ROOM);
    client.leave(ROOM);
    await simulation.clock.settle();
    expect(client.kinds(ROOM)).toEqual(["joined"]);
  });
});

describe("a position that cannot be served", () => {
  async function resumed(position: { epoch?: string; offset: number }, count: number, options = {}) {
    const { simulation, node } = await talked(count, options);
    const late = node.client("bob");
    late.join(ROOM, { start: { from: "position", ...position } });
    await simulation.clock.settle();
    return late;
  }

  test("GAP-1: another epoch is a reset, and everything follows", async () => {
    const late = await resumed({ epoch: "life0", offset: 2 }, 3);
    expect(late.of(ROOM)[1]).toEqual({
      kind: "reset",
      room: ROOM,
      reason: "epoch",
      epoch: "life1",
      oldest: 1,
      newest: 3,
    });
    expect(late.offsets(ROOM)).toEqual([1, 2, 3]);
    expect(late.kinds(ROOM).at(-1)).toBe("live");
  });

  test("GAP-1: an offset that there is not yet is a reset, and everything follows", async () => {
    const late = await resumed({ epoch: "life1", offset: 4 }, 3);
    expect(late.of(ROOM)[1]).toMatchObject({ kind: "reset", reason: "future", oldest: 1, newest: 3 });
    expect(late.offsets(ROOM)).toEqual([1, 2, 3]);
  });

  test("GAP-1: the newest position itself is none", async () => {
    const late = await resumed({ epoch: "life1", offset: 3 }, 3);
    expect(late.kinds(ROOM)).toEqual(["joined", "live"]);
  });

  test("GAP-1: what was trimmed is a reset, and the rest follows", async () => {
    const late = await resumed({ epoch: "life1", offset: 2 }, 9, keeping(4));
    expect(late.of(ROOM)[1]).toMatchObject({ kind: "reset", reason: "trimmed", oldest: 6, newest: 9 });
    expect(late.offsets(ROOM)).toEqual([6, 7, 8, 9]);
  });

  test("GAP-1: a position right before the oldest message is served without a reset", async () => {
    const late = await resumed({ epoch: "life1", offset: 5 }, 9, keeping(4));
    expect(late.kinds(ROOM)).not.toContain("reset");
    expect(late.offsets(ROOM)).toEqual([6, 7, 8, 9]);
  });

  test("ROOM-3, GAP-1: what has grown too old is a reset, also where memory still has it", async () => {
    const { simulation, node, publisher } = await talked(3, keeping(NEVER, 60_000));
    await simulation.clock.advance(60_001);
    publisher.publish(ROOM, "young");
    await simulation.clock.settle();
    const late = node.client("bob");
    late.join(ROOM, { start: { from: "position", epoch: "life1", offset: 0 } });
    await simulation.clock.settle();
    expect(late.of(ROOM)[1]).toMatchObject({ kind: "reset", reason: "trimmed", oldest: 4 });
    expect(late.offsets(ROOM)).toEqual([4]);
  });

  test("GAP-1: a log that is trimmed under a slow reader is a reset in the middle of its replay", async () => {
    const options = { ...keeping(30), limits: { replayAhead: 1_000, ...NO_TAIL } };
    const { simulation, node, publisher } = await talked(30, options, LARGE);
    const slow = node.client("bob");
    slow.socket.slow = true;
    slow.join(ROOM, { start: { from: "position", epoch: "life1", offset: 0 } });
    await simulation.clock.settle();
    const first = slow.offsets(ROOM);
    expect(first.length).toBeLessThan(10);
    for (let i = 0; i < 20; i++) publisher.publish(ROOM, "more");
    await simulation.clock.settle();
    slow.socket.slow = false;
    slow.take();
    await simulation.clock.settle();
    const reset = slow.of(ROOM).find((each) => each.kind === "reset");
    expect(reset).toMatchObject({ reason: "trimmed", oldest: 21 });
    expect(slow.offsets(ROOM)).toEqual([...first, ...Array.from({ length: 30 }, (_, i) => 21 + i)]);
  });

  test("GAP-1: a node that lags behind the others does not take their newest for the future", async () => {
    const { simulation, publisher } = await talked(1);
    const other = simulation.node();
    const waiting = other.client("bob");
    waiting.join(ROOM);
    await simulation.clock.settle();
    simulation.engine.newsLag = () => 1_000;
    const resuming = other.client("eve");
    publisher.publish(ROOM, "sent at home");
    await simulation.clock.advance(10);
    resuming.join(ROOM, { start: { from: "position", epoch: "life1", offset: 2 } });
    await simulation.clock.advance(10_000);
    publisher.publish(ROOM, "sent to all");
    await simulation.clock.advance(10_000);
    expect(resuming.kinds(ROOM)).toEqual(["joined", "live", "message"]);
    expect(resuming.offsets(ROOM)).toEqual([3]);
  });
});

for (const limits of [{}, NO_TAIL]) {
  describe(`a position with the id of its message, compared with ${limits === NO_TAIL ? "the log" : "memory"}`, () => {
    /** Ids of the messages, the first at index 0, and a member that resumes after `offset` with the id that `choose` gives. */
    async function resumed(offset: number, choose: (ids: string[]) => string, count = 5, options = {}) {
      const { simulation, node, publisher } = await talked(count, { ...options, limits });
      const ids = publisher.messages(ROOM).map(({ id }) => id);
      const late = node.client("bob");
      late.join(ROOM, { start: { from: "position", epoch: "life1", offset, id: choose(ids) } });
      await simulation.clock.settle();
      return late;
    }

    test("JOIN-9: the log has this message there, and the rest follows", async () => {
      const late = await resumed(3, (ids) => ids[2] ?? "");
      expect(late.kinds(ROOM)).toEqual(["joined", "message", "message", "live"]);
      expect(late.offsets(ROOM)).toEqual([4, 5]);
    });

    test("JOIN-9: the newest message is this one, and the join is live at once", async () => {
      const late = await resumed(5, (ids) => ids[4] ?? "");
      expect(late.kinds(ROOM)).toEqual(["joined", "live"]);
    });

    test("JOIN-9: another message there is a reset, and everything follows", async () => {
      for (const offset of [3, 5]) {
        const late = await resumed(offset, (ids) => ids[0] ?? "");
        expect(late.of(ROOM)[1]).toMatchObject({
          kind: "reset",
          reason: "epoch",
          epoch: "life1",
          oldest: 1,
          newest: 5,
        });
        expect(late.offsets(ROOM)).toEqual([1, 2, 3, 4, 5]);
        expect(late.kinds(ROOM).at(-1)).toBe("live");
      }
    });

    test("JOIN-9: a message that was trimmed cannot be compared, and the oldest that is left follows", async () => {
      const late = await resumed(5, () => "unknown", 9, keeping(4));
      expect(late.kinds(ROOM)).not.toContain("reset");
      expect(late.offsets(ROOM)).toEqual([6, 7, 8, 9]);
    });

    test("JOIN-9: an offset that there is not yet stays what it is", async () => {
      const late = await resumed(6, () => "unknown");
      expect(late.of(ROOM)[1]).toMatchObject({ kind: "reset", reason: "future" });
      expect(late.offsets(ROOM)).toEqual([1, 2, 3, 4, 5]);
    });

    test("JOIN-9: offset 0 has no message to compare", async () => {
      const late = await resumed(0, () => "unknown");
      expect(late.kinds(ROOM)).not.toContain("reset");
      expect(late.offsets(ROOM)).toEqual([1, 2, 3, 4, 5]);
    });
  });
}

test("JOIN-9: a damaged message cannot be compared, and what follows it is served", async () => {
  const { simulation, node } = await talked(5, { limits: NO_TAIL });
  simulation.engine.damaged.add(3);
  const late = node.client("bob");
  late.join(ROOM, { start: { from: "position", epoch: "life1", offset: 3, id: "unknown" } });
  await simulation.clock.settle();
  expect(late.kinds(ROOM)).toEqual(["joined", "message", "message", "live"]);
  expect(late.offsets(ROOM)).toEqual([4, 5]);
});

test("JOIN-9: members who come back to the newest message of a room share one read of it", async () => {
  const { simulation, publisher } = await talked(5);
  const id = publisher.messages(ROOM).at(-1)?.id ?? "";
  const restarted = simulation.node();
  simulation.engine.mostReads = 0;
  let reads = 0;
  simulation.engine.readLag = () => {
    reads++;
    return 0;
  };
  for (let i = 0; i < 20; i++) {
    const late = restarted.client(`user ${i}`);
    late.join(ROOM, { start: { from: "position", epoch: "life1", offset: 5, id } });
    await simulation.clock.settle();
    expect(late.kinds(ROOM)).toEqual(["joined", "live"]);
  }
  expect(reads).toBe(1);
});

describe("a log that is not whole", () => {
  async function broken(damaged: readonly number[], start: { from: "position"; offset: number }) {
    const { simulation, node } = await talked(8, { limits: NO_TAIL });
    for (const offset of damaged) simulation.engine.damaged.add(offset);
    const late = node.client("bob");
    late.join(ROOM, { start });
    await simulation.clock.settle();
    return late;
  }

  test("GAP-2: a damaged record is passed over with a reset, and what lies around it is served", async () => {
    const late = await broken([4], { from: "position", offset: 0 });
    expect(late.offsets(ROOM)).toEqual([1, 2, 3, 5, 6, 7, 8]);
    const reset = late.of(ROOM)[4];
    expect(reset).toEqual({
      kind: "reset",
      room: ROOM,
      reason: "damaged",
      epoch: "life1",
      oldest: 5,
      newest: 8,
    });
  });

  test("GAP-2: several damaged records, the first and the last among them, are each owned up to", async () => {
    const late = await broken([1, 4, 5, 8], { from: "position", offset: 0 });
    expect(late.offsets(ROOM)).toEqual([2, 3, 6, 7]);
    const oldest = late.of(ROOM).flatMap((each) => (each.kind === "reset" ? [each.oldest] : []));
    expect(oldest).toEqual([2, 5, 6, 9]);
    expect(late.kinds(ROOM).at(-1)).toBe("live");
  });

  test("GAP-2: history ends at a damaged record, and says so", async () => {
    const { simulation, node } = await talked(8, { limits: NO_TAIL });
    simulation.engine.damaged.add(4);
    const late = node.client("bob");
    late.join(ROOM, { start: { from: "history", count: 6 } });
    await simulation.clock.settle();
    expect(late.kinds(ROOM).slice(0, 2)).toEqual(["joined", "reset"]);
    expect(late.offsets(ROOM)).toEqual([5, 6, 7, 8]);
    const content = node.client("eve");
    content.join(ROOM, { start: { from: "history", count: 3 } });
    await simulation.clock.settle();
    expect(content.kinds(ROOM)).not.toContain("reset");
    expect(content.offsets(ROOM)).toEqual([6, 7, 8]);
  });

  test("GAP-3: what lies on a page that cannot be read is passed over in one reset", async () => {
    for (const [from, through] of [
      [3, 6],
      [1, 8],
      [8, 8],
    ] as const) {
      const { simulation, node } = await talked(8, { limits: NO_TAIL });
      for (let offset = from; offset <= through; offset++) simulation.engine.unreadable.add(offset);
      const late = node.client("bob");
      late.join(ROOM, { start: { from: "position", offset: 0 } });
      await simulation.clock.settle();
      const resets = late.of(ROOM).filter((each) => each.kind === "reset");
      expect(resets).toMatchObject([{ reason: "damaged", oldest: through + 1, newest: 8 }]);
      expect(late.offsets(ROOM)).toEqual(
        [1, 2, 3, 4, 5, 6, 7, 8].filter((offset) => offset < from || offset > through),
      );
      expect(late.kinds(ROOM).at(-1)).toBe("live");
    }
  });

  test("GAP-4: a room that cannot be opened refuses its joins; the connection and its other rooms go on", async () => {
    const { simulation, node, publisher } = await talked(1);
    simulation.engine.refusing.add("damaged");
    const [bob, eve] = [node.client("bob"), node.client("eve")];
    for (const client of [bob, eve]) client.join("damaged", { visible: true });
    bob.join(ROOM);
    const members = bob.members("damaged");
    await simulation.clock.settle();
    for (const client of [bob, eve]) {
      expect(client.of("damaged")).toEqual([{ kind: "refused", room: "damaged", name: "damaged" }]);
      expect(client.socket.ended).toBe(false);
      expect(client.connection.rooms.has("damaged")).toBe(false);
    }
    expect(members).toMatchObject([{ name: "not_joined" }]);
    publisher.publish(ROOM, "still here");
    await simulation.clock.settle();
    expect(bob.offsets(ROOM)).toEqual([2]);
    expect(node.hub.roomCount).toBe(1);
    // Each join tries again: the operator may have mended it.
    simulation.engine.refusing.clear();
    bob.join("damaged");
    await simulation.clock.settle();
    expect(bob.kinds("damaged").slice(1)).toEqual(["joined", "live"]);
  });

  test("GAP-5: the operator learns of each damaged room, once", async () => {
    const { simulation, node } = await talked(8, { limits: NO_TAIL });
    simulation.engine.damaged.add(4).add(6);
    simulation.engine.refusing.add("refused");
    for (let i = 0; i < 3; i++) {
      const late = node.client(`user ${i}`);
      late.join(ROOM, { start: { from: "position", offset: 0 } });
      late.join("refused");
      late.history(ROOM, { after: 3 }, { count: 10, bytes: 1_000 }, []);
    }
    await simulation.clock.settle();
    expect(node.damaged.map(([room]) => room).sort()).toEqual([ROOM, "refused"]);
  });

  test("KEEP-3: a log that cannot be read ends the one connection that wants it", async () => {
    const { simulation, node, publisher } = await talked(3, { limits: NO_TAIL });
    simulation.engine.reads = false;
    const late = node.client("bob");
    late.join(ROOM, { start: { from: "position", offset: 0 } });
    await simulation.clock.settle();
    expect(late.unreadable).toBe(true);
    publisher.publish(ROOM, "still here");
    await simulation.clock.settle();
    expect(publisher.offsets(ROOM).at(-1)).toBe(4);
    expect(late.socket.tooLate).toBe(0);
  });
});

describe("the pace of a replay", () => {
  const limits = { replayAhead: 50_000 };
  /** What one piece may weigh on the socket of this test: 192 KiB of data, one message more, and its frames. */
  const PIECE = 192 * 1024 + LARGE.length + 2_000;

  async function replaying(more: object) {
    const { simulation, node, publisher } = await talked(40, { limits: { ...limits, ...more } }, LARGE);
    const slow = node.client("bob");
    slow.socket.slow = true;
    slow.join(ROOM, { start: { from: "position", offset: 0 } });
    await simulation.clock.settle();
    return { simulation, node, publisher, slow };
  }

  for (const more of [{ tailPerRoom: 16 * 1024 * 1024 }, NO_TAIL]) {
    const source = more === NO_TAIL ? "the log" : "memory";
    test(`JOIN-6, FLOW-3: a replay from ${source} is never more than a piece ahead of its client`, async () => {
      const { simulation, slow } = await replaying(more);
      expect(slow.socket.mostBuffered).toBeLessThan(PIECE);
      while (slow.socket.buffered > 0) {
        slow.take(10_000);
        await simulation.clock.settle();
      }
      expect(slow.offsets(ROOM)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      expect(slow.socket.mostBuffered).toBeLessThan(limits.replayAhead + PIECE);
      expect(slow.kinds(ROOM).at(-1)).toBe("live");
    });
  }

  test("JOIN-6: other rooms and requests of a slow client wait in line behind its replay", async () => {
    const { simulation, slow } = await replaying(NO_TAIL);
    const pages: (Page | Refusal)[] = [];
    slow.join("other");
    slow.history(ROOM, { before: 3 }, { count: 1, bytes: 1 }, pages);
    await simulation.clock.settle();
    expect(slow.kinds("other")).toEqual(["joined"]);
    expect(pages).toEqual([]);
    slow.socket.slow = false;
    slow.take();
    await simulation.clock.settle();
    expect(slow.kinds("other")).toEqual(["joined", "live"]);
    expect(pages).toHaveLength(1);
  });

  test("JOIN-6, FLOW-1: no other client waits for a slow client's replay", async () => {
    const { simulation, node, publisher, slow } = await replaying(NO_TAIL);
    const quick: SimulatedClient[] = Array.from({ length: 20 }, (_, i) => node.client(`quick${i}`));
    for (const each of quick) each.join(ROOM, { start: { from: "history", count: 10 } });
    await simulation.clock.settle();
    publisher.publish(ROOM, "live");
    await simulation.clock.settle();
    for (const each of quick)
      expect(each.offsets(ROOM)).toEqual(Array.from({ length: 11 }, (_, i) => 31 + i));
    expect(slow.kinds(ROOM)).not.toContain("live");
  });
});
