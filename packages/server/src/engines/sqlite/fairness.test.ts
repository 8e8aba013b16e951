/** Readers and publishers share the worker: what one kind asks for must not hold up the other. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { append, ROOM, times } from "../contract/samples.ts";
import { Witness } from "../contract-suite.ts";
import { SqliteEngine } from "./index.ts";

test("ENGINE-25: however much is read, commits take turns with it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "fanfare-"));
  const engine = await SqliteEngine.open({ directory });
  const node = new Witness(engine);
  await node.append(...times(1000, (i) => append(`${i}`)));
  let reads = 0;
  const everything = { count: 1000, bytes: 1_000_000 };
  /** Asks again as soon as it is answered, as a member does who catches up. */
  const reader = async () => {
    for (let i = 0; i < 20; i++) {
      await node.node.read(ROOM, { after: 0 }, everything);
      reads++;
    }
  };
  const readers = Promise.all(times(16, reader));
  const readsBefore: number[] = [];
  while (reads < 300) {
    const before = reads;
    await node.append(append("meanwhile"));
    readsBefore.push(reads - before);
  }
  await readers;
  // One read after each commit; some more fall to a publisher who is only told on the next turn.
  expect(readsBefore.length).toBeGreaterThan(300 / 8);
  await engine.close();
  rmSync(directory, { recursive: true });
});
