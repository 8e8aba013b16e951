import type { Operation } from "../engine.ts";
import type { NodeSession } from "./node-session.ts";

/** What a node can ask of the broker; `settle` ends each submission, and `disconnect` is the last. */
export type NodeRequest =
  | Operation
  | { readonly kind: "tail"; readonly room: string }
  | { readonly kind: "untail"; readonly room: string }
  | { readonly kind: "watch"; readonly pattern: string }
  | { readonly kind: "unwatch"; readonly pattern: string }
  | { readonly kind: "settle" }
  | { readonly kind: "disconnect" };

/** Requests that came from one node together. */
export interface RequestBatch {
  readonly session: NodeSession;
  readonly requests: readonly NodeRequest[];
}
