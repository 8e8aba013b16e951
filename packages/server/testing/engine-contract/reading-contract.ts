import { afterEach, describe, expect, test } from "bun:test";
import type { Page, Range } from "../../src/engines/engine.ts";
import type { EngineHarness } from "./harness.ts";
import type { RecordingListener } from "./recording-listener.ts";
import { ALL, append, historyOf, offsets, ROOM, times } from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** Pages of a log, and what retention leaves of it. */
export function readingContract(harness: EngineHarness): void {
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  const read = (node: RecordingListener, range: Range, count = 1000) =>
    node.node.read(ROOM, range, { count, bytes: 1e9 });
  const at = (page: Page) => page.messages.map(({ offset }) => offset);

  describe("reading", () => {
    test("GAP-1: a page after an offset is ascending, without a gap, and no longer than asked", async () => {
      const [a] = await engines.nodes();
      await a.append(...times(20, () => append("x")));
      expect(at(await read(a, { after: 0 }, 5))).toEqual([1, 2, 3, 4, 5]);
      expect(at(await read(a, { after: 17 }, 5))).toEqual([18, 19, 20]);
      expect(at(await read(a, { after: 20 }))).toEqual([]);
      expect(at(await read(a, { after: 1000 }))).toEqual([]);
    });

    test("GAP-1: a page before an offset ends right before it, and is ascending, too", async () => {
      const [a] = await engines.nodes();
      await a.append(...times(20, () => append("x")));
      expect(at(await read(a, { before: 11 }, 3))).toEqual([8, 9, 10]);
      expect(at(await read(a, { before: 3 }, 5))).toEqual([1, 2]);
      expect(at(await read(a, { before: 1 }))).toEqual([]);
      expect(at(await read(a, { before: 1000 }, 2))).toEqual([19, 20]);
    });

    test("ENGINE-13: a page keeps within its bytes of data, and gives one message at least", async () => {
      const [a] = await engines.nodes();
      const message = append("é€x".repeat(14) + "y".repeat(5));
      expect(Buffer.byteLength(message.data)).toBe(100);
      await a.append(...times(10, () => ({ ...message })));
      const page = async (range: Range, bytes: number) =>
        at(await a.node.read(ROOM, range, { count: 100, bytes }));
      expect(await page({ after: 0 }, 1)).toEqual([1]);
      expect(await page({ after: 0 }, 299)).toEqual([1, 2]);
      expect(await page({ after: 0 }, 300)).toEqual([1, 2, 3]);
      expect(await page({ before: 11 }, 300)).toEqual([8, 9, 10]);
    });

    test("ENGINE-10: a room without messages reads as empty", async () => {
      const [a] = await engines.nodes();
      const { epoch } = await a.tail(ROOM);
      expect(await read(a, { after: 0 })).toEqual({ epoch, oldest: 1, head: 0, messages: [] });
    });

    test("ROOM-5: page, snapshot and outcome name one epoch, from before the first message on", async () => {
      const [a, b] = await engines.nodes();
      const { epoch } = await a.tail(ROOM);
      const [outcome] = await a.append(append("x"));
      expect(outcome).toEqual({ kind: "kept", epoch, offset: 1, duplicate: false });
      expect((await b.tail(ROOM)).epoch).toBe(epoch);
      expect((await read(b, { after: 0 })).epoch).toBe(epoch);
    });
  });

  describe("retention", () => {
    test("ROOM-3: no more than the policy's count can be read, at once", async () => {
      const [a] = await engines.nodes({ policies: historyOf(10) });
      for (const i of times(5, (i) => i)) {
        await a.append(...times(7, () => append("x")));
        const head = (i + 1) * 7;
        const page = await read(a, { after: 0 });
        expect(page.head).toBe(head);
        expect(page.oldest).toBe(Math.max(1, head - 9));
        expect(at(page)).toEqual(times(Math.min(10, head), (i) => page.oldest + i));
      }
    });

    test("ROOM-3: no message older than the policy's age can be read; offsets go on", async () => {
      const hour = 3_600_000;
      const [a] = await engines.nodes({ policies: historyOf(1000, hour) });
      const old = Date.now() - 2 * hour;
      await a.append(...times(5, () => ({ ...append("x"), at: old })));
      expect(await read(a, { after: 0 })).toMatchObject({ oldest: 6, head: 5, messages: [] });
      expect(offsets(await a.append(append("young")))).toEqual([6]);
      expect(at(await read(a, { after: 0 }))).toEqual([6]);
      expect(at(await read(a, { before: 7 }))).toEqual([6]);
    });

    test("GAP-1: a page from before the oldest message says what the oldest is", async () => {
      const [a] = await engines.nodes({ policies: historyOf(3) });
      await a.append(...times(10, () => append("x")));
      const after = await a.node.read(ROOM, { after: 2 }, ALL);
      expect([after.oldest, ...at(after)]).toEqual([8, 8, 9, 10]);
      const before = await a.node.read(ROOM, { before: 5 }, ALL);
      expect([before.oldest, ...at(before)]).toEqual([8]);
    });

    test("ROOM-3: each room follows the first policy that matches it", async () => {
      const [few] = historyOf(2);
      const [many] = historyOf(5);
      if (few === undefined || many === undefined) throw new Error("unreachable");
      const [a] = await engines.nodes({ policies: [{ ...few, pattern: "chat:*" }, many] });
      await a.append(
        ...times(9, () => append("x")),
        ...times(9, () => append("x", { by: "nothing" }, "board:1")),
      );
      expect(at(await read(a, { after: 0 }))).toEqual([8, 9]);
      expect((await a.node.read("board:1", { after: 0 }, ALL)).messages).toHaveLength(5);
    });
  });
}
