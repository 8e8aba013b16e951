/** What the server's thread and that of the to-dos say to each other. */
import type { Log, Permission } from "@fanfare/server";
import type { TodoLimits } from "../limits.ts";
import type { Notification, Publish } from "../relay.ts";
import type { DatabaseAddress } from "../store/database.ts";

export type Receipt = Awaited<ReturnType<Publish>>;

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly [name: string, value: string][];
  /** Undefined where the method has none. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Whether it is to be asked for each permission. */
  readonly guarded: boolean;
  /** Who asks, where a token proves it. */
  readonly user?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: readonly [name: string, value: string][];
  readonly body: string;
}

/** `call` is what an answer belongs to; each side counts its own. */
export type ToTodos =
  | { readonly kind: "open"; readonly database: DatabaseAddress; readonly limits?: TodoLimits }
  | { readonly kind: "request"; readonly call: number; readonly request: Asked }
  | { readonly kind: "receipt"; readonly call: number; readonly receipt: Receipt }
  | { readonly kind: "verdict"; readonly call: number; readonly lacks: string | undefined }
  | { readonly kind: "close" };

export type FromTodos =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly why: "newer" | "unavailable" | "fault"; readonly message: string }
  | { readonly kind: "answer"; readonly call: number; readonly answer: Answered }
  | { readonly kind: "publish"; readonly call: number; readonly notification: Notification }
  /** What does the one lack who asked by `request`? */
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
