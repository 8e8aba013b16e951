import { afterEach, describe, expect, test } from "bun:test";
import type { EngineHarness } from "./harness.ts";
import { RecordingListener } from "./recording-listener.ts";
import { ALL, append, historyOf, identified, numbered, offsets, ROOM, times } from "./samples.ts";
import { TestEngines } from "./test-engines.ts";

/** What outlives a stop, orderly or not. Skipped for engines that declare `durable: false`. */
export function restartContract(harness: EngineHarness): void {
  if (!harness.capabilities.durable) {
    test.skip("restarts (the engine declares that its logs end with the process)", () => {});
    return;
  }
  const engines = new TestEngines(harness);
  afterEach(() => engines.clear());

  const duplicate = (offset: number) => expect.objectContaining({ kind: "kept", offset, duplicate: true });

  describe.each(["close", "crash"] as const)("restart after a %s", (how) => {
    test("KEEP-1: every acknowledged message is there, in order, and offsets go on", async () => {
      const opened = await engines.open();
      const a = new RecordingListener(opened.engine);
      await a.append(...times(300, (i) => append(`${i}`)));
      const before = await a.node.read(ROOM, { after: 0 }, ALL);
      const b = new RecordingListener((await engines.reopen(opened, how)).engine);
      expect(await b.node.read(ROOM, { after: 0 }, ALL)).toEqual(before);
      expect(offsets(await b.append(append("next")))).toEqual([301]);
    });

    test("ONCE-5: numbers and ids are recognised as before", async () => {
      const opened = await engines.open();
      const a = new RecordingListener(opened.engine);
      await a.append(...times(100, (i) => numbered(i + 1)), ...times(1001, (i) => identified(`m${i}`)));
      const b = new RecordingListener((await engines.reopen(opened, how)).engine);
      expect(
        await b.append(numbered(100), numbered(37), numbered(36), numbered(102), numbered(99, "other")),
      ).toEqual([
        duplicate(100),
        duplicate(37),
        { kind: "too-old" },
        { kind: "out-of-sequence", expected: 101 },
        { kind: "conflict" },
      ]);
      expect(await b.append(identified("m1"), identified("m1000", "other"), identified("m0"))).toEqual([
        duplicate(102),
        { kind: "conflict" },
        expect.objectContaining({ offset: 1102, duplicate: false }),
      ]);
      expect(offsets(await b.append(numbered(101)))).toEqual([1103]);
    });

    test("ROOM-5: the epoch stays, also of a room without messages", async () => {
      const opened = await engines.open();
      const a = new RecordingListener(opened.engine);
      const empty = await a.tail("chat:empty");
      const [kept] = await a.append(append("x"));
      const b = new RecordingListener((await engines.reopen(opened, how)).engine);
      expect((await b.tail("chat:empty")).epoch).toBe(empty.epoch);
      expect(await b.tail(ROOM)).toMatchObject({ epoch: empty.epoch, head: 1 });
      expect(kept).toMatchObject({ epoch: empty.epoch });
    });

    test("ROOM-3: what was trimmed stays trimmed, and a room that was trimmed to nothing keeps its head", async () => {
      const hour = 3_600_000;
      const opened = await engines.open({ policies: historyOf(5, hour) });
      const a = new RecordingListener(opened.engine);
      await a.append(...times(9, () => append("x")));
      await a.append(
        ...times(4, () => ({ ...append("x", { by: "nothing" }, "chat:old"), at: Date.now() - 2 * hour })),
      );
      const b = new RecordingListener((await engines.reopen(opened, how)).engine);
      expect(await b.node.read(ROOM, { after: 0 }, ALL)).toMatchObject({ oldest: 5, head: 9 });
      expect(await b.tail("chat:old")).toMatchObject({ head: 4 });
      expect(await b.node.read("chat:old", { after: 0 }, ALL)).toMatchObject({
        oldest: 5,
        head: 4,
        messages: [],
      });
    });

    test("PRES-3: presence ends with the engine", async () => {
      const opened = await engines.open();
      const a = new RecordingListener(opened.engine);
      a.submit({ kind: "enter", room: ROOM, attendee: { key: "k", user: "Eren", since: 1 } });
      expect((await a.tail(ROOM)).attendees).toHaveLength(1);
      const b = new RecordingListener((await engines.reopen(opened, how)).engine);
      expect((await b.tail(ROOM)).attendees).toEqual([]);
    });
  });
}
