import type { EngineConfig } from "../config/config.ts";
import type { Policy } from "../config/policy.ts";
import { DEFAULT_ENGINE_OPTIONS, type Engine, type EngineError } from "./engine.ts";
import type { EngineDriver } from "./engine-driver.ts";
import { memory } from "./memory/memory.ts";
import { sqlite } from "./sqlite/sqlite.ts";

/** Every engine that a server can be configured with, by name. Adding one is a folder and a line here. */
export const ENGINES = { sqlite, memory } satisfies Readonly<Record<string, EngineDriver>>;

export type EngineName = keyof typeof ENGINES;
export const ENGINE_NAMES = Object.keys(ENGINES) as readonly EngineName[];
export const DEFAULT_ENGINE: EngineName = "sqlite";
const DEFAULT_DIRECTORY = "data";

/** The engine that a configuration names, not opened yet. */
export interface ConfiguredEngine {
  readonly name: EngineName;
  /** Where it keeps files; undefined if it keeps none. */
  readonly directory: string | undefined;
  /** Where messages are kept, for a person who has just started the server. */
  readonly description: string;
  /** @throws {EngineError} */
  open(policies: readonly Policy[]): Promise<Engine> | Engine;
  /** What went wrong at the start and what to do about it, in one sentence. */
  explain(error: EngineError): string;
}

/** @throws {RangeError} if there is no such engine. */
export function configuredEngine({
  kind = DEFAULT_ENGINE,
  directory = DEFAULT_DIRECTORY,
}: EngineConfig): ConfiguredEngine {
  const name = ENGINE_NAMES.find((known) => known === kind);
  if (name === undefined) {
    throw new RangeError(`engine.kind is ${JSON.stringify(kind)}; it takes ${ENGINE_NAMES.join(" or ")}`);
  }
  const driver: EngineDriver = ENGINES[name];
  return {
    name,
    directory: driver.hasFiles ? directory : undefined,
    description: driver.describe(directory),
    open: (policies) => driver.open({ ...DEFAULT_ENGINE_OPTIONS, policies }, directory),
    explain: (error) => driver.explain(error, directory),
  };
}
