import { type EngineSettings, engineContract, type OpenEngine } from "../contract-suite.ts";
import { MemoryEngine } from "./index.ts";

function open(settings: EngineSettings): OpenEngine {
  const engine = new MemoryEngine(settings);
  return {
    engine,
    crash: (node) => engine.crash(node),
    reopen: () => Promise.reject(new Error("logs in memory end with their engine")),
    dispose: () => engine.close(),
  };
}

engineContract("memory engine", {
  capabilities: { durable: false },
  open: async (settings) => open(settings),
});
