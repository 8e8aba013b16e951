/**
 * The engine for tests, simulations and rooms that may be lost: everything is in this process's memory, and
 * gone with it. What it calls committed is as durable as the process.
 */
import { DEFAULT_ENGINE_OPTIONS, type EngineOptions } from "../engine.ts";
import { LocalEngine, type LocalEngineOptions, SYSTEM_SCHEDULING } from "../local/local-engine.ts";
import { MemoryLogs } from "./memory-logs.ts";

export interface MemoryEngineOptions extends EngineOptions, LocalEngineOptions {
  /** Name for the life of this engine's logs; must be a new one each time. */
  readonly epoch: () => string;
}

const DEFAULTS: MemoryEngineOptions = {
  ...DEFAULT_ENGINE_OPTIONS,
  ...SYSTEM_SCHEDULING,
  policies: [],
  epoch: () => crypto.randomUUID(),
};

export class MemoryEngine extends LocalEngine {
  constructor(options: Partial<MemoryEngineOptions> = {}) {
    const complete = { ...DEFAULTS, ...options };
    super(new MemoryLogs(complete.epoch(), complete), complete);
  }
}
