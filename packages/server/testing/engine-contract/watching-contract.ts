import { afterEach, expect, test } from "bun:test";
import type { EngineHarness } from "./harness.ts";
import { RecordingListener } from "./recording-listener.ts";
import { append, dataOf, times } from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** What a node that watches a pattern gets. */
export function watchingContract(harness: EngineHarness): void {
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  const event = { type: "typing", from: "Eren", data: dataOf("x") };
  const say = (text: string, room: string) => append(text, { by: "nothing" }, room);
  const received = (node: RecordingListener) => node.changes.map(({ kind, room }) => `${kind} ${room}`);

  test("ENGINE-23: a node gets messages and events of all rooms that match, over all nodes, and of no others", async () => {
    const [a, b] = await engines.nodes();
    await a.watch("orders.*");
    b.submit(
      say("1", "orders.eu"),
      say("2", "order"),
      say("3", "orders."),
      { kind: "relay", room: "orders.us", event },
      say("4", "xorders.eu"),
    );
    a.submit(say("5", "orders.eu"), say("6", "orders"));
    await a.until(() => a.changes.length === 4 && a.outcomes.length === 2);
    expect(received(a).sort()).toEqual(
      ["message orders.eu", "message orders.", "event orders.us", "message orders.eu"].sort(),
    );
    expect(a.messages("orders.eu").map(({ offset }) => offset)).toEqual([1, 2]);
    expect(b.changes).toEqual([]);
  });

  test("ENGINE-23: what several subscriptions of a node match comes once, in the order of its room", async () => {
    const [a, b] = await engines.nodes();
    await a.watch("*");
    await a.watch("orders.*");
    await a.watch("orders.eu*");
    await a.tail("orders.eu");
    const count = 50;
    for (const i of times(count, (i) => i)) (i % 2 === 0 ? a : b).submit(say(`${i}`, "orders.eu"));
    await a.until(() => a.messages("orders.eu").length >= count);
    await b.append(say("last", "other"));
    await a.until(() => a.messages("other").length === 1);
    expect(a.messages("orders.eu").map(({ offset }) => offset)).toEqual(times(count, (i) => i + 1));
  });

  test("ENGINE-23: attendees are delivered to nodes that tail the room, and not to those that watch it", async () => {
    const [a, b] = await engines.nodes();
    await a.watch("orders.*");
    await b.tail("orders.eu");
    b.submit({ kind: "enter", room: "orders.eu", attendee: { key: "k", user: "Eren", since: 1 } });
    b.submit({ kind: "leave", room: "orders.eu", key: "k" }, say("1", "orders.eu"));
    await a.until(() => a.changes.length > 0);
    await b.until(() => b.changes.length === 3);
    expect(received(a)).toEqual(["message orders.eu"]);
    expect(received(b)).toEqual(["entered orders.eu", "left orders.eu", "message orders.eu"]);
  });

  test("ENGINE-23: it begins and ends exactly at its place", async () => {
    const [a] = await engines.nodes();
    a.submit(say("1", "orders.eu"));
    a.node.watch("orders.*");
    a.submit(say("2", "orders.eu"));
    a.node.unwatch("orders.*");
    await a.append(say("3", "orders.eu"));
    expect(a.messages("orders.eu").map(({ offset }) => offset)).toEqual([2]);
    expect(a.watches("orders.*")).toBe(1);
    await a.watch("orders.*");
    await a.append(say("4", "orders.eu"));
    expect(a.messages("orders.eu").map(({ offset }) => offset)).toEqual([2, 4]);
  });

  test("ENGINE-23: a node that tails a room goes on to get its messages when it no longer watches, and the other way", async () => {
    const [a] = await engines.nodes();
    await a.tail("orders.eu");
    await a.watch("orders.*");
    a.node.unwatch("orders.*");
    await a.append(say("1", "orders.eu"));
    a.node.watch("orders.*");
    a.node.untail("orders.eu");
    await a.append(say("2", "orders.eu"));
    expect(a.messages("orders.eu").map(({ offset }) => offset)).toEqual([1, 2]);
  });

  test("ENGINE-23: a node that has closed gets nothing more, and leaves the others' patterns as they are", async () => {
    const [a, b, c] = await engines.nodes();
    await a.watch("orders.*");
    await b.watch("orders.*");
    await b.node.close();
    await c.append(say("1", "orders.eu"));
    await a.until(() => a.changes.length === 1);
    expect(b.changes).toEqual([]);
  });

  test("ENGINE-3 ENGINE-23: what is not a pattern is the caller's bug", async () => {
    const { engine } = await engines.open();
    const { node } = new RecordingListener(engine);
    for (const pattern of ["orders", "a\n*"]) {
      expect(() => node.watch(pattern)).toThrow(TypeError);
      expect(() => node.unwatch(pattern)).toThrow(TypeError);
    }
  });
}
