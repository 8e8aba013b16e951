/** The messages between the engine and its worker; nodes have ports of their own. */
import type { EngineOptions, EngineWarning } from "../engine.ts";
import type { DatabaseOptions } from "./database.ts";
import type { Failure } from "./failure.ts";

export type WorkerOptions = EngineOptions & DatabaseOptions;

export type FromEngine =
  | { readonly kind: "open"; readonly options: WorkerOptions }
  /** A node, which speaks through `port`: `FromNode` and `ToNode`. */
  | { readonly kind: "connect"; readonly port: MessagePort }
  | { readonly kind: "close" };

export type ToEngine =
  | { readonly kind: "opened"; readonly warnings: readonly EngineWarning[] }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "closed" };
