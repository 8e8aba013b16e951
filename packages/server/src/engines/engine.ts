/**
 * The engine contract: where room logs live, and how nodes learn of each other's changes.
 *
 * One engine serves one or more nodes (threads of this process or, for a networked engine, machines).
 * A node talks to it through one ordered pipe each way: operations go in by `submit`, everything that
 * happens comes back through its `EngineListener`, in the one order that all nodes see for a room.
 * Local fan-out, permissions and encoding are the hub's; an engine persists, orders, relays and keeps leases.
 *
 * `@fanfare/server/engine-contract` turns every MUST into a test; run it on your own engine.
 *
 * Experimental: a later version of the server may extend the contract, and then counts `ENGINE_CONTRACT` up.
 */
import type { Policy } from "../config/policy.ts";

/** One record of a room's log, immutable once committed (SPEC ROOM-1). */
export interface StoredMessage {
  /** 1 for the first message of a room, then + 1 each. */
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  /** User name of the publisher. */
  readonly from: string;
  /** Milliseconds since 1970, by the clock of the node that took the publish. */
  readonly at: number;
  /** The application's data as compact JSON text; no raw control characters. */
  readonly data: string;
}

/** A connection that is visible in a room's presence. */
export interface Attendee {
  /** Unique over all nodes: the connection's id. */
  readonly key: string;
  readonly user: string;
  /** When it came, in milliseconds since 1970, by the clock of its node. */
  readonly since: number;
}

/** An ephemeral event: relayed to the nodes that tail the room or watch it, never stored. */
export interface RoomEvent {
  readonly type: string;
  readonly from: string;
  /** Compact JSON text; no raw control characters. */
  readonly data: string;
}

/** How a publish wants to be recognised when it is retried (SPEC ONCE-1, ONCE-2, ONCE-3). */
export type Recognition =
  | { readonly by: "nothing" }
  | { readonly by: "id" }
  | { readonly by: "number"; readonly publisher: string; readonly n: number };

export interface Append {
  readonly kind: "append";
  readonly room: string;
  /** Id of the message if it is new: 1–128 characters without control characters. */
  readonly id: string;
  readonly type: string;
  readonly from: string;
  readonly at: number;
  readonly data: string;
  readonly recognition: Recognition;
}

export type Operation =
  | Append
  | { readonly kind: "enter"; readonly room: string; readonly attendee: Attendee }
  | { readonly kind: "leave"; readonly room: string; readonly key: string }
  | { readonly kind: "relay"; readonly room: string; readonly event: RoomEvent };

/** What became of one `Append`. */
export type Outcome =
  | {
      readonly kind: "kept";
      readonly epoch: string;
      readonly offset: number;
      /** True if this publish had been kept before; `offset` is then that of the first time. */
      readonly duplicate: boolean;
    }
  /** Same id, or same number, with another type, data or sender. */
  | { readonly kind: "conflict" }
  /** The number leaves a gap; `expected` is the next one. Nothing was kept. */
  | { readonly kind: "out-of-sequence"; readonly expected: number }
  /** The number was used too long ago (64 numbers) to be compared. Nothing was kept now. */
  | { readonly kind: "too-old" }
  /** The publisher's state has expired, so a number other than 1 cannot be judged. Nothing was kept. */
  | { readonly kind: "unknown-publisher" }
  /**
   * The commit failed. Nothing was kept; the same publish may be retried. After the engine itself was lost
   * (`health` with `lost`) it may have been kept: a retry under its id or number finds out.
   */
  | { readonly kind: "unavailable"; readonly reason: string };

/** Something that happened in a room that this node tails, or that matches a pattern it watches. */
export type Change =
  | { readonly kind: "message"; readonly room: string; readonly message: StoredMessage }
  | { readonly kind: "event"; readonly room: string; readonly event: RoomEvent }
  | { readonly kind: "entered"; readonly room: string; readonly attendee: Attendee }
  | { readonly kind: "left"; readonly room: string; readonly key: string };

/** A room at the instant a node's tail of it begins. */
export interface RoomSnapshot {
  readonly epoch: string;
  /** Offset of the newest message; 0 if there never was one. */
  readonly head: number;
  /** In order of arrival, over all nodes. */
  readonly attendees: readonly Attendee[];
}

/** Which part of a room's log: offsets are exclusive bounds. */
export type Range = { readonly after: number } | { readonly before: number };

export interface Page {
  readonly epoch: string;
  /** Offset of the oldest message that can still be read; `head + 1` if none can. */
  readonly oldest: number;
  readonly head: number;
  /**
   * Ascending and without a gap. For `after`, the messages that follow it, starting at
   * `max(after + 1, oldest)`; for `before`, the ones that end right before it.
   */
  readonly messages: readonly StoredMessage[];
}

export interface PageLimit {
  /** At most this many messages. */
  readonly count: number;
  /** The data of the page takes at most this many bytes of UTF-8; one message is always given. */
  readonly bytes: number;
}

export type EngineHealth =
  | { readonly ok: true }
  /** `lost`: the engine is gone for good. Tails that did not begin are not answered any more. */
  | { readonly ok: false; readonly reason: string; readonly lost?: true };

/** What the engine calls a node with. Calls come one at a time, in order, and never from inside a call to the node. */
export interface EngineListener {
  /**
   * Answers `tail`. From here on the first change of the room that the node gets is the one that follows `snapshot`:
   * the engine leaves out no change, and delivers none twice.
   */
  opened(room: string, snapshot: RoomSnapshot): void;
  /** Answers `tail` where the room's log is damaged, and its end cannot be read. The room is not tailed then. */
  refused(room: string, error: EngineError): void;
  /** Answers `watch`. From here on the node gets every message and event of the rooms that match. */
  watching(pattern: string): void;
  /**
   * One step of the engine: the outcomes of this node's own appends, in the order in which they were
   * submitted, and the changes in the rooms that this node tails or watches, in commit order; each once.
   * The hub's listener is in `hub/engine-client.ts`: `EngineClient.#committed`.
   */
  committed(outcomes: readonly Outcome[], changes: readonly Change[]): void;
  /**
   * The engine has carried out `submissions` more calls of `submit`, and delivered their outcomes and changes. The hub
   * uses it to count the bytes that wait for the engine (SPEC FLOW-3).
   */
  settled(submissions: number): void;
  /** The engine can, or can no longer, commit. Called on every change. */
  health(health: EngineHealth): void;
}

/** One node's access to an engine. */
export interface EngineNode {
  /**
   * Applies the operations in their order. A publish goes on in `SqliteNode.submit` or `LocalNode.submit`.
   *
   * - MUST call `settled` once for it, also when it failed or was empty.
   * - MUST answer every `append` with exactly one outcome, after its commit, in submission order.
   * - MUST NOT deliver a message to any node, nor say `kept`, before the message is durable as far as the engine promises durability.
   * - MUST give a room's messages offsets without gaps, in one order over all nodes.
   * - MUST apply `enter`, `leave` and `relay` after the operations submitted before them on this node, also
   *   when commits fail.
   * - MUST NOT throw for a failed commit: it is the outcome `unavailable`, and later operations are still tried.
   *
   * @throws {TypeError} for a bug of the caller: a text with a raw control character or a lone surrogate, a time or
   *   number that is not a whole one. None of the operations is applied then.
   */
  submit(operations: readonly Operation[]): void;
  /** Begins to deliver the changes of `room` to this node; answered by `opened`, or by `refused`. MUST NOT be called again before `untail`. */
  tail(room: string): void;
  /** Ends it. Changes already on their way may still be delivered. */
  untail(room: string): void;
  /**
   * Begins to deliver to this node the messages and events of all rooms whose names match `pattern` (a beginning
   * and `*`), also of rooms that no node tails; answered by `watching`. MUST NOT deliver attendees. MUST deliver a
   * message or event once, even if several of the node's tails and patterns match its room. MUST NOT be called again
   * before `unwatch`.
   */
  watch(pattern: string): void;
  /** Ends it. Changes already on their way may still be delivered. */
  unwatch(pattern: string): void;
  /**
   * Reads part of a log. MUST return each record as it was committed, whole and unaltered, or fail. A page may end
   * early, right before a damaged record; a read whose first record is damaged fails.
   * @throws {EngineError} `unavailable` if the log cannot be read; `damaged` if a record's checksum fails, or the storage
   *   that holds it cannot be read. `offset` to `through` are then the damaged records.
   */
  read(room: string, range: Range, limit: PageLimit): Promise<Page>;
  /** Removes this node's attendees from every room and disconnects it; everything submitted before is settled first. */
  close(): Promise<void>;
}

/** What the operator of a server should know of an engine. */
export interface EngineWarning {
  /** `new-epoch`: the log is not the one that clients know (SPEC ROOM-5). */
  readonly kind: "new-epoch";
  readonly reason: string;
}

export interface Engine {
  /**
   * The version of this contract that the engine implements. Write the number that your engine was made for, not
   * `ENGINE_CONTRACT`, which is the server's: a node connects only if the two agree (SPEC ENGINE-26).
   */
  readonly contract: number;
  /** What was found when it was opened; the server logs it. */
  readonly warnings?: readonly EngineWarning[];
  /**
   * Adds a node. A node that stops without `close` MUST lose its attendees within the lease
   * (`leaseMs`, 20 s by default): the engine delivers `left` for each.
   */
  connect(listener: EngineListener): EngineNode;
  /** Settles what was submitted, then lets go of every resource. */
  close(): Promise<void>;
}

/** The version of this contract, which grows with every change that an engine has to follow. */
export const ENGINE_CONTRACT = 1;

/**
 * Adds a node to an engine.
 * @throws {EngineError} `incompatible` if the engine was made for another version of the contract.
 */
export function connectNode(engine: Engine, listener: EngineListener): EngineNode {
  if (engine.contract === ENGINE_CONTRACT) return engine.connect(listener);
  throw new EngineError(
    "incompatible",
    `the engine implements version ${engine.contract} of the engine contract, and this server needs version ` +
      `${ENGINE_CONTRACT}: use versions of the engine and of @fanfare/server that belong together`,
  );
}

export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    readonly kind: "unavailable" | "damaged" | "in-use" | "newer-version" | "not-a-database" | "incompatible",
    message: string,
    /** For `damaged`: the offset of the record; undefined if it is the room that cannot be read. */
    readonly offset?: number,
    /** For `damaged`: the offset of the last record behind it that cannot be read, either. */
    readonly through = offset,
  ) {
    super(message);
  }
}

/** What every engine is configured with. */
export interface EngineOptions {
  /** Retention follows the first policy that matches a room. */
  readonly policies: readonly Policy[];
  /** How long a silent node keeps its attendees, in ms. */
  readonly leaseMs: number;
  /** How long an unused publisher's numbers are remembered, in ms. */
  readonly publisherTtlMs: number;
}

export const DEFAULT_ENGINE_OPTIONS = {
  leaseMs: 20_000,
  publisherTtlMs: 7 * 24 * 60 * 60 * 1000,
} as const;
