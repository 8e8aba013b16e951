import { afterEach, expect, test } from "bun:test";
import type { Attendee, Operation } from "../../src/engines/engine.ts";
import type { EngineHarness } from "./harness.ts";
import { RecordingListener } from "./recording-listener.ts";
import { append, ROOM, times } from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** Who is present, over all nodes. */
export function presenceContract(harness: EngineHarness): void {
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  const attendee = (key: string): Attendee => ({ key, user: `user ${key}`, since: 1_700_000_000_000 });
  const enter = (key: string, room = ROOM): Operation => ({ kind: "enter", room, attendee: attendee(key) });
  const leave = (key: string, room = ROOM): Operation => ({ kind: "leave", room, key });
  const entered = (key: string) => ({ kind: "entered", room: ROOM, attendee: attendee(key) }) as const;
  const left = (key: string) => ({ kind: "left", room: ROOM, key }) as const;

  test("ENGINE-11: a snapshot lists the attendees of all nodes in order of arrival", async () => {
    const [a, b, c] = await engines.nodes();
    await c.tail(ROOM);
    for (const i of times(6, (i) => i)) {
      (i % 2 === 0 ? a : b).submit(enter(`k${i}`), enter(`k${i}`, "chat:two"));
      await c.until(() => c.changes.length > i);
    }
    a.submit(leave("k2"));
    await c.until(() => c.changes.length > 6);
    const [d] = [await a.tail(ROOM)];
    expect(d.attendees).toEqual(["k0", "k1", "k3", "k4", "k5"].map(attendee));
    expect((await b.tail("chat:two")).attendees).toHaveLength(6);
  });

  test("ENGINE-11: comings and goings are delivered in order, among the messages of their node", async () => {
    const [a, b] = await engines.nodes();
    await b.tail(ROOM);
    a.submit(enter("k1"), append("hello"), enter("k2"));
    a.submit(leave("k1"), append("bye"));
    await b.until(() => b.changes.length === 5);
    const received = b.changes.map((change) => (change.kind === "message" ? change.message.offset : change));
    expect(received).toEqual([entered("k1"), 1, entered("k2"), left("k1"), 2]);
  });

  test("ENGINE-12: leaving without being there, or with the key of another node, changes nothing", async () => {
    const [a, b] = await engines.nodes();
    await b.tail(ROOM);
    a.submit(enter("k1"), leave("absent"));
    await b.until(() => b.changes.length === 1);
    b.submit(leave("k1"), enter("k2"));
    await b.until(() => b.changes.length === 2);
    expect(b.changes).toEqual([entered("k1"), entered("k2")]);
  });

  test("PRES-3: the attendees of a node that closes leave at once", async () => {
    const [a, b] = await engines.nodes();
    await b.tail(ROOM);
    a.submit(enter("k1"), enter("k2"), append("last words"));
    await a.node.close();
    await b.until(() => b.changes.length === 5);
    expect(b.changes.slice(-2)).toEqual([left("k1"), left("k2")]);
    b.node.untail(ROOM);
    expect((await b.tail(ROOM)).attendees).toEqual([]);
  });

  test("PRES-3: the attendees of a node that dies leave when its lease runs out, and only they", async () => {
    const opened = await engines.open({ leaseMs: 2_000 });
    const [a, b] = [new RecordingListener(opened.engine), new RecordingListener(opened.engine)];
    await b.tail(ROOM);
    a.submit(enter("k1"), enter("k2"));
    b.submit(enter("own"));
    await b.until(() => b.changes.length === 3);
    opened.crash(a.node);
    await b.until(() => b.changes.length === 5);
    expect(b.changes.slice(-2)).toEqual([left("k1"), left("k2")]);
    b.node.untail(ROOM);
    expect((await b.tail(ROOM)).attendees).toEqual([attendee("own")]);
  });
}
