import { afterEach, expect, test } from "bun:test";
import type { EngineHarness } from "./harness.ts";
import { RecordingListener } from "./recording-listener.ts";
import { append, dataOf, offsets, ROOM, times } from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** What a node gets, from which instant on, and in which order. */
export function tailingContract(harness: EngineHarness): void {
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  const event = (text: string) => ({ type: "typing", from: "Eren", data: dataOf(text) });

  test("ENGINE-7: a node gets the changes of the rooms it tails, and of no others", async () => {
    const [a, b, c] = await engines.nodes();
    await a.tail(ROOM);
    await b.tail("chat:two");
    await c.append(
      append("x"),
      append("y", { by: "nothing" }, "chat:two"),
      append("z", { by: "nothing" }, "chat:3"),
    );
    await a.until(() => a.changes.length > 0);
    await b.until(() => b.changes.length > 0);
    expect(a.changes.map((change) => change.room)).toEqual([ROOM]);
    expect(b.changes.map((change) => change.room)).toEqual(["chat:two"]);
    expect(c.changes).toEqual([]);
  });

  test("ENGINE-7: after untail a node gets nothing more, and a new tail begins where the room is then", async () => {
    const [a, b] = await engines.nodes();
    await a.tail(ROOM);
    a.node.untail(ROOM);
    await a.tail("chat:barrier");
    await b.append(append("missed"));
    expect((await a.tail(ROOM)).head).toBe(1);
    await b.append(append("received"));
    await a.until(() => a.changes.length > 0);
    expect(a.messages(ROOM).map(({ offset }) => offset)).toEqual([2]);
  });

  test("ENGINE-8: no seam: tails that begin under full load miss no change and get none twice", async () => {
    const [publisher, other, observer] = await engines.nodes();
    await observer.tail(ROOM);
    const total = 3000;
    for (const i of times(total / 10, (i) => i)) {
      const node = i % 2 === 0 ? publisher : other;
      node.submit(...times(10, () => append("x")), { kind: "relay", room: ROOM, event: event("x") });
    }
    let tails = 0;
    while (observer.messages(ROOM).length < total) {
      tails++;
      const seen = other.calls.length;
      const snapshot = await other.tail(ROOM);
      await observer.until(() => observer.messages(ROOM).length >= Math.min(total, snapshot.head + 30));
      await other.until(
        () => other.messages(ROOM).some(({ offset }) => offset > snapshot.head) || snapshot.head === total,
      );
      const since = other.calls.slice(seen);
      const opened = since.findIndex((call) => call.kind === "opened");
      const received = since
        .slice(opened)
        .flatMap((entry) =>
          entry.kind === "change" && entry.change.kind === "message" ? [entry.change.message.offset] : [],
        );
      expect(received).toEqual(times(received.length, (i) => snapshot.head + 1 + i));
      other.node.untail(ROOM);
      await other.tail("chat:barrier");
      other.node.untail("chat:barrier");
    }
    expect(tails).toBeGreaterThan(0);
    expect(observer.messages(ROOM).map(({ offset }) => offset)).toEqual(times(total, (i) => i + 1));
  });

  test("ENGINE-8: a tail among other operations begins exactly at its place", async () => {
    const [a] = await engines.nodes();
    a.submit(append("1"), append("2"));
    a.node.tail(ROOM);
    a.submit(append("3"), append("4"));
    await a.until(() => a.messages(ROOM).length === 2);
    expect(a.openings(ROOM)).toEqual([expect.objectContaining({ head: 2 })]);
    expect(a.messages(ROOM).map(({ offset }) => offset)).toEqual([3, 4]);
  });

  test("ENGINE-9: events keep their place among the messages of their node", async () => {
    const [a, b] = await engines.nodes();
    await b.tail(ROOM);
    for (const i of times(20, (i) => i)) {
      a.submit(append(`${i}`), { kind: "relay", room: ROOM, event: event(`${i}`) });
      a.submit({ kind: "relay", room: ROOM, event: event(`${i}+`) }, append(`${i}+`));
    }
    await b.until(() => b.changes.length === 80);
    const received = b.changes.map((change) =>
      change.kind === "message"
        ? change.message.data
        : change.kind === "event"
          ? `event ${change.event.data}`
          : "?",
    );
    const expected = times(20, (i) => [
      dataOf(`${i}`),
      `event ${dataOf(`${i}`)}`,
      `event ${dataOf(`${i}+`)}`,
      dataOf(`${i}+`),
    ]);
    expect(received).toEqual(expected.flat());
  });

  test("ENGINE-9: events are relayed as they are to every node that tails, and never stored", async () => {
    const [a, b] = await engines.nodes();
    await a.tail(ROOM);
    await b.tail(ROOM);
    a.submit({ kind: "relay", room: ROOM, event: event("typing 🎺") });
    for (const node of [a, b]) {
      await node.until(() => node.changes.length === 1);
      expect(node.changes).toEqual([{ kind: "event", room: ROOM, event: event("typing 🎺") }]);
    }
    expect((await a.node.read(ROOM, { after: 0 }, { count: 1, bytes: 1 })).head).toBe(0);
  });

  test("KEEP-1: an outcome comes no later than the message it is about", async () => {
    const [a] = await engines.nodes();
    await a.tail(ROOM);
    const outcomes = await a.append(append("x"), append("y"));
    expect(offsets(outcomes)).toEqual(a.messages(ROOM).map(({ offset }) => offset));
  });

  test("ENGINE-10: many rooms may be tailed, and an empty one is at 0", async () => {
    const { engine } = await engines.open();
    const node = new RecordingListener(engine);
    const rooms = times(500, (i) => `chat:${i}`);
    for (const room of rooms) node.node.tail(room);
    await node.until(() => node.calls.length === 500);
    expect(rooms.every((room) => node.openings(room)[0]?.head === 0)).toBe(true);
  });
}
