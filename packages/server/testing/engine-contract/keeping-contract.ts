import { afterEach, expect, test } from "bun:test";
import type { EngineHarness } from "./harness.ts";
import { ALL, append, dataOf, offsets, ROOM, times } from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** Outcomes, offsets and the order of a room. */
export function keepingContract(harness: EngineHarness): void {
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  test("ENGINE-1: every append gets one outcome, in the order of submission", async () => {
    const [node] = await engines.nodes();
    const rooms = times(5, (i) => `chat:${i}`);
    const appends = times(200, (i) => append(`${i}`, { by: "nothing" }, rooms[i % 5]));
    const outcomes = await node.append(...appends);
    expect(offsets(outcomes)).toEqual(times(200, (i) => Math.floor(i / 5) + 1));
    expect(node.outcomes).toHaveLength(200);
  });

  test("ENGINE-22: every submission is settled once, after its outcomes and changes", async () => {
    const [node] = await engines.nodes();
    await node.tail(ROOM);
    node.submit();
    node.submit({ kind: "relay", room: ROOM, event: { type: "x", from: "ada", data: "1" } });
    node.submit(...times(2500, (i) => append(`${i}`)));
    node.submit(append("last"));
    await node.until(() => node.settlements === 4);
    expect(node.outcomes).toHaveLength(2501);
    expect(node.messages(ROOM)).toHaveLength(2501);
    const places = node.calls.flatMap(({ kind }, i) => (kind === "settled" ? [i] : []));
    expect(node.calls.findLastIndex(({ kind }) => kind !== "settled")).toBeLessThan(places.at(-1) ?? 0);
  });

  test("ENGINE-2: the listener is not called from inside a call to the node", async () => {
    const [node] = await engines.nodes();
    await node.tail(ROOM);
    await node.append(append("one"));
    expect(node.premature).toEqual([]);
  });

  test("ORDER-2: offsets start at 1 and grow by 1, also for appends of several nodes at once", async () => {
    const [a, b, c] = await engines.nodes();
    const kept = await Promise.all(
      [a, b, c].flatMap((node) => times(20, () => node.append(...times(5, () => append("x"))))),
    );
    const all = kept.flatMap(offsets).sort((x, y) => x - y);
    expect(all).toEqual(times(300, (i) => i + 1));
  });

  test("ORDER-1: all nodes see one order, and it is the log's", async () => {
    const [a, b, c] = await engines.nodes();
    for (const node of [a, b, c]) await node.tail(ROOM);
    await Promise.all(
      [a, b, c].flatMap((node, n) =>
        times(30, (i) => node.append(append(`${n}-${i}`), append(`${n}-${i}+`))),
      ),
    );
    const log = (await a.node.read(ROOM, { after: 0 }, ALL)).messages;
    expect(log).toHaveLength(180);
    for (const node of [a, b, c]) {
      await node.until(() => node.messages(ROOM).length === 180);
      expect(node.messages(ROOM)).toEqual([...log]);
    }
  });

  test("ORDER-1: a node's own messages keep the order of submission", async () => {
    const [a, b] = await engines.nodes();
    await b.tail(ROOM);
    for (const i of times(50, (i) => i)) a.submit(append(`${i}`));
    await b.until(() => b.messages(ROOM).length === 50);
    expect(b.messages(ROOM).map((message) => message.data)).toEqual(times(50, (i) => dataOf(`${i}`)));
  });

  test("KEEP-2: a node that got a message can read it", async () => {
    const [a, b] = await engines.nodes();
    await b.tail(ROOM);
    const reads: Promise<number>[] = [];
    void b.until(() => {
      const received = b.messages(ROOM).length;
      if (received > reads.length) {
        reads.push(b.node.read(ROOM, { after: 0 }, ALL).then(({ head }) => head - received));
      }
      return received === 100;
    });
    for (const _ of times(20, (i) => i)) a.submit(...times(5, () => append("x")));
    await b.until(() => b.messages(ROOM).length === 100);
    const behind = (await Promise.all(reads)).filter((ahead) => ahead < 0);
    expect(behind).toEqual([]);
  });

  test("ROOM-1: a record comes back as it was given, whatever its text", async () => {
    const [a, b] = await engines.nodes();
    const odd = {
      ...append("x"),
      id: "id|with,odd;signs\u007f",
      type: "chat.v1:/-_",
      from: "Mikasa 🗡 进击\u2028",
      at: 1_700_000_000_123,
      data: JSON.stringify({ text: 'quotes " \\ \n\u0000 🎺 \ud800', empty: "", number: 0.1 }),
    };
    await b.tail(ROOM);
    expect(offsets(await a.append(odd))).toEqual([1]);
    await b.until(() => b.messages(ROOM).length === 1);
    const { id, type, from, at, data } = odd;
    const expected = { offset: 1, id, type, from, at, data };
    expect(b.messages(ROOM)).toEqual([expected]);
    expect((await a.node.read(ROOM, { after: 0 }, ALL)).messages).toEqual([expected]);
  });

  test("ENGINE-3: text that is not clean is the caller's bug, and nothing of its batch is applied", async () => {
    const [a] = await engines.nodes();
    const unclean = [
      { ...append("x"), data: '{"a":\n1}' },
      { ...append("x"), id: "a\u0000b" },
      { ...append("x"), from: "\ud800" },
      { ...append("x"), room: "chat:\u001f" },
      append("x", { by: "number", publisher: "p\n", n: 1 }),
      append("x", { by: "number", publisher: "p", n: 0 }),
    ];
    for (const bad of unclean) expect(() => a.node.submit([append("good"), bad])).toThrow(TypeError);
    expect(() => a.node.submit([{ kind: "leave", room: ROOM, key: "\n" }])).toThrow(TypeError);
    expect(() => a.node.tail("chat:\n")).toThrow(TypeError);
    expect(offsets(await a.append(append("good")))).toEqual([1]);
  });

  test("ENGINE-4: close settles what was submitted before", async () => {
    const [a, b] = await engines.nodes();
    a.submit(...times(100, () => append("x")));
    await a.node.close();
    expect(offsets(a.outcomes)).toEqual(times(100, (i) => i + 1));
    expect((await b.node.read(ROOM, { after: 0 }, ALL)).head).toBe(100);
  });
}
