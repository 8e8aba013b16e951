import { expect, test } from "bun:test";
import { RecordingListener } from "../../testing/engine-contract/engine-contract.ts";
import { DEFAULT_CONFIG } from "../config/config.ts";
import { startServer } from "../server.ts";
import { ENGINE_CONTRACT, type Engine, EngineError } from "./engine.ts";
import { MemoryEngine } from "./memory/index.ts";

function engineOf(contract: number): Engine {
  const engine = new MemoryEngine();
  return { contract, connect: (listener) => engine.connect(listener), close: () => engine.close() };
}

test("ENGINE-26: a node connects to an engine of the server's own version of the contract", async () => {
  const engine = engineOf(ENGINE_CONTRACT);
  const listener = new RecordingListener(engine);
  expect((await listener.tail("chat:one")).head).toBe(0);
  await engine.close();
});

test("ENGINE-26: a server does not start on an engine of another version, and names both", async () => {
  const listen = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
  for (const contract of [ENGINE_CONTRACT + 1, ENGINE_CONTRACT - 1]) {
    const start = startServer({ ...DEFAULT_CONFIG, listen }, { engine: engineOf(contract) });
    const refusal = await start.catch((error) => error instanceof EngineError && [error.kind, error.message]);
    expect(refusal).toEqual([
      "incompatible",
      expect.stringContaining(`version ${contract} of the engine contract`),
    ]);
    expect(refusal).toEqual(["incompatible", expect.stringContaining(`needs version ${ENGINE_CONTRACT}:`)]);
  }
});
