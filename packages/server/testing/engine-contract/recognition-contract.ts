import { afterEach, describe, expect, test } from "bun:test";
import type { Append, Outcome } from "../../src/engines/engine.ts";
import type { EngineHarness } from "./harness.ts";
import {
  ALL,
  append,
  dataOf,
  historyOf,
  identified,
  numbered,
  offsets,
  PUBLISHER,
  ROOM,
  times,
} from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** Retries: what is recognised, refused, and forgotten. */
export function recognitionContract(harness: EngineHarness): void {
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  const duplicate = (offset: number) => expect.objectContaining({ kind: "kept", offset, duplicate: true });
  const kept = (offset: number) => expect.objectContaining({ kind: "kept", offset, duplicate: false });
  const conflict: Outcome = { kind: "conflict" };

  describe("recognition by number", () => {
    test("ONCE-1: a retried number gives the first offset, and nothing is delivered again", async () => {
      const [a, b] = await engines.nodes();
      await b.tail(ROOM);
      await a.append(numbered(1), numbered(2));
      expect(await b.append(numbered(2), numbered(1))).toEqual([duplicate(2), duplicate(1)]);
      await a.append(numbered(3));
      await b.until(() => b.messages(ROOM).length >= 3);
      expect(b.messages(ROOM).map(({ offset }) => offset)).toEqual([1, 2, 3]);
    });

    test("ONCE-1: exactly the last 64 numbers are recognised, each with its own offset", async () => {
      const [a] = await engines.nodes();
      await a.append(...times(100, (i) => numbered(i + 1)));
      expect(await a.append(numbered(37))).toEqual([duplicate(37)]);
      expect(await a.append(numbered(36))).toEqual([{ kind: "too-old" }]);
      const again = await a.append(...times(64, (i) => numbered(i + 37)));
      expect(again).toEqual(times(64, (i) => duplicate(i + 37)));
    });

    test("ONCE-3: the same number with another type, data or sender is refused", async () => {
      const [a] = await engines.nodes();
      await a.append(numbered(1), numbered(2));
      const others: Append[] = [
        { ...numbered(1), data: dataOf("other") },
        { ...numbered(1), type: "other" },
        { ...numbered(1), from: "Mikasa" },
      ];
      expect(await a.append(...others)).toEqual([conflict, conflict, conflict]);
      expect(await a.append({ ...numbered(1), at: 5, id: "other" })).toEqual([duplicate(1)]);
    });

    test("ONCE-4: a number that leaves a gap is refused with the expected one, and uses nothing up", async () => {
      const [a] = await engines.nodes();
      await a.append(numbered(1));
      const gap = { kind: "out-of-sequence", expected: 2 } as const;
      expect(await a.append(numbered(3), numbered(4))).toEqual([gap, gap]);
      expect(await a.append(numbered(2), numbered(3))).toEqual([kept(2), kept(3)]);
    });

    test("ONCE-6: without state only number 1 can be judged", async () => {
      const [a] = await engines.nodes();
      expect(await a.append(numbered(2))).toEqual([{ kind: "unknown-publisher" }]);
      expect(await a.append(numbered(1))).toEqual([kept(1)]);
    });

    test("ENGINE-5: earlier appends of a batch count for later ones", async () => {
      const [a] = await engines.nodes();
      const outcomes = await a.append(
        numbered(1),
        numbered(1),
        numbered(3),
        numbered(2),
        numbered(1, "other"),
      );
      expect(outcomes).toEqual([
        kept(1),
        duplicate(1),
        { kind: "out-of-sequence", expected: 2 },
        kept(2),
        conflict,
      ]);
    });

    test("ENGINE-6: numbers are counted per publisher and room", async () => {
      const [a] = await engines.nodes();
      const outcomes = await a.append(
        numbered(1),
        numbered(1, "x", "chat:two"),
        numbered(1, "x", ROOM, "another-publisher"),
        numbered(2, "x", "chat:two"),
      );
      expect(offsets(outcomes)).toEqual([1, 1, 2, 2]);
    });

    test("ONCE-1: a number whose message was trimmed is still a duplicate", async () => {
      const [a] = await engines.nodes({ policies: historyOf(2) });
      await a.append(...times(10, (i) => numbered(i + 1)));
      expect(await a.append(numbered(1), numbered(10))).toEqual([duplicate(1), duplicate(10)]);
    });

    test("ONCE-6: a publisher that was silent past its time is unknown, and may begin anew", async () => {
      const hour = 3_600_000;
      const [a] = await engines.nodes({ publisherTtlMs: hour });
      const long = Date.now() - 2 * hour;
      await a.append({ ...numbered(1), at: long }, { ...numbered(1, "x", ROOM, "recent-publisher") });
      expect(await a.append(numbered(2), numbered(2, "x", ROOM, "recent-publisher"))).toEqual([
        { kind: "unknown-publisher" },
        kept(3),
      ]);
      expect(await a.append(numbered(1))).toEqual([kept(4)]);
    });
  });

  describe("recognition by id", () => {
    test("ONCE-2: the last 1,000 ids of a room are recognised, and not one more", async () => {
      const [a] = await engines.nodes();
      await a.append(...times(1001, (i) => identified(`m${i + 1}`)));
      expect(await a.append(identified("m2"), identified("m1001"))).toEqual([duplicate(2), duplicate(1001)]);
      expect(await a.append(identified("m1"))).toEqual([kept(1002)]);
      expect(await a.append(identified("m2"))).toEqual([kept(1003)]);
    });

    test("ONCE-2: only ids published by id are in the window", async () => {
      const [a] = await engines.nodes();
      const bare = { ...append("x"), id: "bare" };
      await a.append(bare, { ...numbered(1), id: "by-number" }, identified("early"));
      await a.append(...times(1500, () => append("y")));
      expect(await a.append(identified("early"), { ...identified("bare"), data: bare.data })).toEqual([
        duplicate(3),
        kept(1504),
      ]);
      expect(await a.append(identified("by-number"), bare)).toEqual([kept(1505), kept(1506)]);
    });

    test("ONCE-3: the same id with another type, data or sender is refused", async () => {
      const [a, b] = await engines.nodes();
      await a.append(identified("m"));
      const others = [
        identified("m", "other"),
        { ...identified("m"), type: "t" },
        { ...identified("m"), from: "M" },
      ];
      expect(await b.append(...others, identified("m"))).toEqual([
        conflict,
        conflict,
        conflict,
        duplicate(1),
      ]);
    });

    test("ONCE-2: the same id in another room is another message", async () => {
      const [a] = await engines.nodes();
      expect(offsets(await a.append(identified("m"), identified("m", "x", "chat:two")))).toEqual([1, 1]);
    });

    test("ENGINE-5: earlier appends of a batch count for later ones", async () => {
      const [a] = await engines.nodes();
      const outcomes = await a.append(identified("m"), identified("m"), identified("m", "other"));
      expect(outcomes).toEqual([kept(1), duplicate(1), conflict]);
      expect((await a.node.read(ROOM, { after: 0 }, ALL)).head).toBe(1);
    });
  });

  test("ONCE-1: retries by two nodes at once keep one message", async () => {
    const [a, b] = await engines.nodes();
    const batch = times(50, (i) => numbered(i + 1, `text ${i}`, ROOM, PUBLISHER));
    const outcomes = await Promise.all([a.append(...batch), b.append(...batch)]);
    expect(outcomes.map(offsets)).toEqual([times(50, (i) => i + 1), times(50, (i) => i + 1)]);
    expect((await a.node.read(ROOM, { after: 0 }, ALL)).head).toBe(50);
  });
}
