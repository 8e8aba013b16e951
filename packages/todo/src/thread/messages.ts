/** The messages between the server's thread and the to-dos' worker. */
import type { Log, Permission } from "@fanfare/server";
import type { TodoLimits } from "../limits.ts";
import type { Notification, Publish } from "../relay.ts";
import type { DatabaseAddress } from "../store/database.ts";

export type PublishResult = Awaited<ReturnType<Publish>>;

export interface SerializedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly [name: string, value: string][];
  /** Undefined where the method has none. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Whether the worker checks each permission by a `permit` message. */
  readonly guarded: boolean;
  /** The token's user. */
  readonly user?: string;
}

export interface SerializedResponse {
  readonly status: number;
  readonly headers: readonly [name: string, value: string][];
  readonly body: string;
}

/** `call` correlates an answer with its request; each side numbers its own. */
export type ToWorker =
  | { readonly kind: "open"; readonly database: DatabaseAddress; readonly limits?: TodoLimits }
  | { readonly kind: "request"; readonly call: number; readonly request: SerializedRequest }
  | { readonly kind: "published"; readonly call: number; readonly result: PublishResult }
  | { readonly kind: "verdict"; readonly call: number; readonly lacks: string | undefined }
  | { readonly kind: "close" };

/** Why the database could not be opened. */
export type RefusalKind = "newer" | "out-of-space" | "unavailable" | "fault";

export type FromWorker =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly why: RefusalKind; readonly message: string }
  | { readonly kind: "answer"; readonly call: number; readonly answer: SerializedResponse }
  | { readonly kind: "publish"; readonly call: number; readonly notification: Notification }
  /** Asks for a permission of the requester of `request`; the answer is a `verdict`. */
  | {
      readonly kind: "permit";
      readonly call: number;
      readonly request: number;
      readonly permission: Permission;
      readonly room: string;
    }
  | {
      readonly kind: "log";
      readonly level: keyof Log;
      readonly event: string;
      readonly fields: Parameters<Log["info"]>[1];
    }
  | { readonly kind: "closed" };
