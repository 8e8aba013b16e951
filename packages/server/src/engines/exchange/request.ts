import type { Operation } from "../engine.ts";
import type { Seat } from "./seat.ts";

/** What a node can ask for; `settle` ends each submission, and `goodbye` is its last. */
export type Request =
  | Operation
  | { readonly kind: "tail"; readonly room: string }
  | { readonly kind: "untail"; readonly room: string }
  | { readonly kind: "watch"; readonly pattern: string }
  | { readonly kind: "unwatch"; readonly pattern: string }
  | { readonly kind: "settle" }
  | { readonly kind: "goodbye" };

/** Requests that came from one node together. */
export interface Delivery {
  readonly seat: Seat;
  readonly requests: readonly Request[];
}
