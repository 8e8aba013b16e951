import { afterEach, expect, test } from "bun:test";
import type { EngineHarness } from "./harness.ts";
import { append, dataOf, times } from "./samples.ts";
import { Witness } from "./witness.ts";
import { Workplace } from "./workplace.ts";

/** What a node that watches a pattern is told. */
export function watchingContract(harness: EngineHarness): void {
  const workplace = new Workplace(harness);
  afterEach(() => workplace.clear());

  const event = { type: "typing", from: "Eren", data: dataOf("x") };
  const say = (text: string, room: string) => append(text, { by: "nothing" }, room);
  const told = (node: Witness) => node.changes.map(({ kind, room }) => `${kind} ${room}`);

  test("ENGINE-23: a node is told of messages and events of all rooms that match, over all nodes, and of no others", async () => {
    const [a, b] = await workplace.nodes();
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
    expect(told(a).sort()).toEqual(
      ["message orders.eu", "message orders.", "event orders.us", "message orders.eu"].sort(),
    );
    expect(a.messages("orders.eu").map(({ offset }) => offset)).toEqual([1, 2]);
    expect(b.changes).toEqual([]);
  });

  test("ENGINE-23: what several interests of a node match is told once, in the order of its room", async () => {
    const [a, b] = await workplace.nodes();
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

  test("ENGINE-23: attendees are told to those who tail the room, and not to those who watch it", async () => {
    const [a, b] = await workplace.nodes();
    await a.watch("orders.*");
    await b.tail("orders.eu");
    b.submit({ kind: "enter", room: "orders.eu", attendee: { key: "k", user: "Eren", since: 1 } });
    b.submit({ kind: "leave", room: "orders.eu", key: "k" }, say("1", "orders.eu"));
    await a.until(() => a.changes.length > 0);
    await b.until(() => b.changes.length === 3);
    expect(told(a)).toEqual(["message orders.eu"]);
    expect(told(b)).toEqual(["entered orders.eu", "left orders.eu", "message orders.eu"]);
  });

  test("ENGINE-23: it begins and ends exactly at its place", async () => {
    const [a] = await workplace.nodes();
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

  test("ENGINE-23: a node that tails a room goes on to hear it when it no longer watches, and the other way", async () => {
    const [a] = await workplace.nodes();
    await a.tail("orders.eu");
    await a.watch("orders.*");
    a.node.unwatch("orders.*");
    await a.append(say("1", "orders.eu"));
    a.node.watch("orders.*");
    a.node.untail("orders.eu");
    await a.append(say("2", "orders.eu"));
    expect(a.messages("orders.eu").map(({ offset }) => offset)).toEqual([1, 2]);
  });

  test("ENGINE-23: a node that has gone is no longer told, and leaves the others' patterns as they are", async () => {
    const [a, b, c] = await workplace.nodes();
    await a.watch("orders.*");
    await b.watch("orders.*");
    await b.node.close();
    await c.append(say("1", "orders.eu"));
    await a.until(() => a.changes.length === 1);
    expect(b.changes).toEqual([]);
  });

  test("ENGINE-3 ENGINE-23: what is not a pattern is the caller's bug", async () => {
    const { engine } = await workplace.open();
    const { node } = new Witness(engine);
    for (const pattern of ["orders", "a\n*"]) {
      expect(() => node.watch(pattern)).toThrow(TypeError);
      expect(() => node.unwatch(pattern)).toThrow(TypeError);
    }
  });
}
