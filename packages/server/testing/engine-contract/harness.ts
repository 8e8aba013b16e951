/** What a test of an engine has to bring: how to open it, and how to make it fail. */
import type { Policy } from "../../src/config/policy.ts";
import type { Engine, EngineNode } from "../../src/engines/engine.ts";

export interface EngineSettings {
  readonly policies?: readonly Policy[];
  /** In ms; 20,000 unless a test needs a lease to run out. */
  readonly leaseMs?: number;
  readonly publisherTtlMs?: number;
}

/** An engine that a test may use and break. */
export interface OpenEngine {
  readonly engine: Engine;
  /** Stops the node as if its thread had died: it does not disconnect, and its listener is not called any more. */
  crash(node: EngineNode): void;
  /** Closes the engine and opens it again on the same logs; "crash": without settling anything first. */
  reopen(how: "close" | "crash"): Promise<OpenEngine>;
  /** Closes the engine and removes what it stored. */
  dispose(): Promise<void>;
}

export interface EngineHarness {
  readonly capabilities: {
    /** Logs outlive the process. */
    readonly durable: boolean;
  };
  /** An engine without any logs. */
  open(settings: EngineSettings): Promise<OpenEngine>;
}
