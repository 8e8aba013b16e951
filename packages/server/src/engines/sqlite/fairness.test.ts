/** Readers and publishers share the worker: what one kind asks for must not hold up the other. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingListener } from "../../../testing/engine-contract/engine-contract.ts";
import { append, ROOM, times } from "../../../testing/engine-contract/samples.ts";
import { DEFAULT_ENGINE_OPTIONS, type Engine } from "../engine.ts";
import { SqliteNode } from "./sqlite-node.ts";
import { SqliteService } from "./sqlite-service.ts";

/** The worker's part in this thread: which of two threads gets a processor when is not what is looked at. */
function serve(directory: string): Engine {
  const service = new SqliteService({ ...DEFAULT_ENGINE_OPTIONS, policies: [], directory });
  return {
    contract: 1,
    connect(listener) {
      const { port1, port2 } = new MessageChannel();
      service.connect(port2);
      return new SqliteNode(port1, listener, DEFAULT_ENGINE_OPTIONS.leaseMs);
    },
    close: async () => service.close(),
  };
}

test("ENGINE-25: however much is read, commits take turns with it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "fanfare-"));
  const engine = serve(directory);
  const node = new RecordingListener(engine);
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
  expect(Math.max(...readsBefore)).toBe(1); // one after each commit
  await engine.close();
  rmSync(directory, { recursive: true });
});
