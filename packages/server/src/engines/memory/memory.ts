import type { EngineDriver } from "../engine-driver.ts";
import { MemoryEngine } from "./memory-engine.ts";

export const memory: EngineDriver = {
  summary: "in memory alone",
  hasFiles: false,
  open: (options) => new MemoryEngine(options),
  describe: () => "in memory alone: gone when this stops",
  explain: ({ message }) => `the engine in memory cannot be used: ${message}`,
};
