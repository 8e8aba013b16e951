import type { Backoff, Json } from "@fanfare/protocol";
import type { WebSocketConstructor } from "./connection.ts";
import type { FanfareError } from "./errors.ts";
import type { OutboxStore } from "./outbox/store.ts";

/** Proves who the user is: a text, or what gets one, asked anew for each connection and before one ends. */
export type Token = string | ((context: { readonly signal: AbortSignal }) => string | Promise<string>);

export interface FanfareOptions {
  /** A guest's name; the server picks one where it is left out. */
  readonly user?: string | undefined;
  readonly token?: Token | undefined;
  /** The platform's, where it is left out: browsers, Deno, Bun and Node from 22 on have one. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /**
   * Where publishes wait for their acknowledgement. `auto`: in IndexedDB, where the page is a secure context, and so
   * over reloads; else in memory.
   */
  readonly outbox?: "auto" | "memory" | OutboxStore | undefined;
  /** Publishes that may wait: 1,000, and 8 MiB. What is more is refused with `outbox_full`. */
  readonly outboxLimits?:
    | { readonly entries?: number | undefined; readonly bytes?: number | undefined }
    | undefined;
  /** Ms before a connection is tried again, drawn from 0 to a bound that doubles from `min` (250) to `max` (30,000). */
  readonly backoff?: { readonly [T in keyof Backoff]?: Backoff[T] | undefined } | undefined;
  /** Ms without a word before the server is asked for one (15,000); after twice as long the connection is given up. */
  readonly heartbeat?: number | undefined;
  /** Ms for a connection and its hello (10,000). */
  readonly connectTimeout?: number | undefined;
  /**
   * A publish that an earlier page, or a closed tab, left behind was refused, or is somebody else's (`other_user`).
   * Nobody waits for it any more: it is here, or nowhere.
   */
  readonly onLost?: ((publish: Lost) => void) | undefined;
  /** What the server may log about this program. */
  readonly client?: { readonly name: string; readonly version: string } | undefined;
}

export interface Lost {
  readonly room: string;
  readonly type: string;
  readonly data: Json;
  readonly key: string;
  /** When it was published, ms since 1970 by this machine's clock. */
  readonly at: number;
  readonly error: FanfareError;
}
