import type { Backoff, Json } from "@fanfare/protocol";
import type { WebSocketConstructor } from "./connection.ts";
import type { FanfareError } from "./errors.ts";
import type { OutboxStore } from "./outbox/outbox-store.ts";

/**
 * A token, or a function that gets one; it is called for each connection, and before a token ends. When it throws, or gives
 * no token, the client calls it again after a delay.
 */
export type Token = string | ((context: { readonly signal: AbortSignal }) => string | Promise<string>);

export interface FanfareOptions {
  /** A guest's name; by default the server picks one. */
  readonly user?: string | undefined;
  readonly token?: Token | undefined;
  /** The platform's by default: browsers, Deno, Bun and Node from 22 on have one. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /**
   * Where publishes wait for their acknowledgement. `auto`, the default: in IndexedDB if the page is a secure context, so
   * they survive reloads; else in memory.
   */
  readonly outbox?: "auto" | "memory" | OutboxStore | undefined;
  /** Publishes that may wait (1,000) and their bytes (8 MiB); the next is refused with `outbox_full`. */
  readonly outboxLimits?:
    | { readonly entries?: number | undefined; readonly bytes?: number | undefined }
    | undefined;
  /** The delay before the next connection: random ms from 0 to a bound that doubles from `min` (250) to `max` (30,000). */
  readonly backoff?: { readonly [T in keyof Backoff]?: Backoff[T] | undefined } | undefined;
  /** Ms without a frame before the server is pinged (15,000); after as long again the connection is given up. */
  readonly heartbeat?: number | undefined;
  /** Ms for opening a connection and its `hello` (10,000). */
  readonly connectTimeout?: number | undefined;
  /**
   * Called when a publish that an earlier page or a closed tab left behind was refused, or is another user's
   * (`other_user`), or one whose promise was rejected before, when the client was closed. `failed` is emitted as well.
   */
  readonly onLost?: ((publish: Lost) => void) | undefined;
  /**
   * Gets what listeners throw, and what async listeners reject with; `console.error` by default. Other listeners are not
   * affected.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** A name and version of this program for the server's log. */
  readonly client?: { readonly name: string; readonly version: string } | undefined;
}

export interface CloseOptions {
  /** Ms to wait for the publishes in the outbox; 5,000 by default. */
  readonly flush?: number | undefined;
}

/** What `close` did. */
export interface CloseResult {
  /** Publishes that the server acknowledged while the client was being closed. */
  readonly kept: number;
  /** Publishes that are left: in a durable outbox for the next client, otherwise lost. */
  readonly pending: number;
}

/** What a client emits; see `Fanfare.on`. */
export interface ClientEvents {
  /** Every publish that failed, awaited or not, except one that its signal cancelled; and every event that was refused. */
  readonly failed: Failed;
}

/** A publish or an event that failed. */
export interface Failed {
  readonly kind: "publish" | "event";
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  /** Of a publish alone. */
  readonly key?: string;
  /** When a publish was made, if an earlier page or a closed tab made it: ms since 1970. */
  readonly at?: number;
  /** For a publish with its `outcome`. */
  readonly error: FanfareError;
}

/** A publish that failed, and that no promise is rejected for. */
export interface Lost {
  readonly room: string;
  readonly type: string;
  readonly data: Json;
  readonly key: string;
  /** When it was published, ms since 1970 by this machine's clock. */
  readonly at: number;
  readonly error: FanfareError;
}
