/**
 * What an engine outside this repository is made of: the contract, and the parts that the engines here share.
 *
 * `LocalEngine` is a whole engine but for its logs; `MemoryLogs` are logs that are gone with the process, and a base for
 * others. An engine of another shape (over a network, in another thread) implements `Engine` itself, with `judge` for
 * its decisions. `examples/engine` in the repository is one.
 *
 * Experimental: it may change with any version; `ENGINE_CONTRACT` says when the contract has.
 */
export { DEFAULT_POLICY, type Policy, policyFor } from "../config/policy.ts";
export { checkFields, checkPattern, checkRoom } from "./broker/field-checks.ts";
export { pageOf } from "./broker/page.ts";
export {
  type Append,
  type Attendee,
  type Change,
  connectNode,
  DEFAULT_ENGINE_OPTIONS,
  ENGINE_CONTRACT,
  type Engine,
  EngineError,
  type EngineHealth,
  type EngineListener,
  type EngineNode,
  type EngineOptions,
  type EngineWarning,
  type Operation,
  type Outcome,
  type Page,
  type PageLimit,
  type Range,
  type Recognition,
  type RoomEvent,
  type RoomSnapshot,
  type StoredMessage,
} from "./engine.ts";
export {
  LocalEngine,
  type LocalEngineOptions,
  SYSTEM_SCHEDULING,
} from "./local/local-engine.ts";
export type { LocalLogs } from "./local/local-logs.ts";
export { MemoryLogs } from "./memory/memory-logs.ts";
export { ID_WINDOW, IdWindow } from "./sequencer/id-window.ts";
export { NUMBER_WINDOW, NumberWindow } from "./sequencer/number-window.ts";
export { judge, type Recall, type Verdict } from "./sequencer/sequencer.ts";
