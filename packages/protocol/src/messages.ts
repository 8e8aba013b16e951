/**
 * What travels in the native dialect (subprotocol `fanfare.v1.json`). SPEC.md is the authority.
 * A frame is one of these objects, or an array of them, both ways.
 */

export const SUBPROTOCOL = "fanfare.v1.json";

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in one life of a room's log: everything up to and including `offset` has been seen. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** One record of a room. */
export interface Message {
  readonly room: string;
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  readonly from: string;
  /** Milliseconds since 1970, the server's clock. */
  readonly at: number;
  readonly data: Json;
}

// Client → server. `ref` is the request's own number; exactly one reply carries it back.

export interface HelloRequest {
  readonly op: "hello";
  readonly ref: number;
  /** A guest's name; the server picks one where it is left out. */
  readonly user?: string;
  /** Proves who the user is, where the server asks for that (SPEC HELLO-4). */
  readonly token?: string;
  /** The durable identity of this client's outbox, a secret of 16–64 characters. Needed to publish by number. */
  readonly publisher?: string;
  readonly client?: { readonly name: string; readonly version: string };
}

export interface JoinRequest {
  readonly op: "join";
  readonly ref: number;
  /** A pattern (`orders.*`) joins all rooms that match: live only, with neither `history` nor `presence`. */
  readonly room: string;
  /** Resume: everything after this position, exactly once. Excludes `history`. */
  readonly after?: Position;
  /** Begin with the last so many messages. */
  readonly history?: number;
  /** Be seen, and see who is there. */
  readonly presence?: boolean;
  /** Messages and events of these types alone. */
  readonly types?: readonly string[];
}

export interface LeaveRequest {
  readonly op: "leave";
  readonly ref: number;
  /** Or the pattern that was joined. */
  readonly room: string;
}

/** Recognised when it is retried: by `n` if it has one, else by `id`; with neither, not at all. Never both. */
export interface PublishRequest {
  readonly op: "publish";
  readonly ref: number;
  readonly room: string;
  readonly type: string;
  readonly data: Json;
  readonly id?: string;
  /** 1 for this publisher's first message in this room, then + 1 for each that was kept. */
  readonly n?: number;
}

export interface EventRequest {
  readonly op: "event";
  readonly ref: number;
  readonly room: string;
  readonly type: string;
  readonly data: Json;
}

export interface HistoryRequest {
  readonly op: "history";
  readonly ref: number;
  readonly room: string;
  /** The messages right before this offset, or right after it; the newest ones where both are left out. */
  readonly before?: number;
  readonly after?: number;
  /** Messages at most; a page may hold fewer where they are large. 100 where it is left out. */
  readonly limit?: number;
  /** Refused with `epoch_mismatch` if the log is another one. */
  readonly epoch?: string;
}

export interface MembersRequest {
  readonly op: "members";
  readonly ref: number;
  readonly room: string;
}

export interface PingRequest {
  readonly op: "ping";
  readonly ref: number;
}

/** Names the outbox whose numbers are meant from now on, where `hello` named none or another one (SPEC HELLO-5). */
export interface PublisherRequest {
  readonly op: "publisher";
  readonly ref: number;
  /** As in `hello`. */
  readonly publisher: string;
}

/** A new token of the same user on the same connection (SPEC AUTH-5). */
export interface RefreshRequest {
  readonly op: "refresh";
  readonly ref: number;
  readonly token: string;
}

export type ClientFrame =
  | HelloRequest
  | JoinRequest
  | LeaveRequest
  | PublishRequest
  | EventRequest
  | HistoryRequest
  | MembersRequest
  | PublisherRequest
  | RefreshRequest
  | PingRequest;

// Server → client.

export interface HelloReply {
  readonly op: "ok";
  readonly ref: number;
  readonly connection: string;
  readonly user: string;
  /** What numbered publishes of this connection are called: message `n` has the id `<publisher>:<n>`. */
  readonly publisher?: string;
  /** The server's clock, milliseconds since 1970. */
  readonly time: number;
  /** Say something at least every `ping` ms; silent for `dead` ms, and the connection is closed. */
  readonly heartbeat: { readonly ping: number; readonly dead: number };
  readonly limits: { readonly frame: number; readonly rooms: number; readonly inFlight: number };
}

/**
 * Comes before the first message of the join. `offset` is the room's newest at that moment. A pattern has no log:
 * its epoch is `""`, its offset 0, and whoever resumes from there is told `reset`.
 */
export interface JoinReply {
  readonly op: "ok";
  readonly ref: number;
  readonly room: string;
  readonly epoch: string;
  readonly offset: number;
}

export interface PublishReply {
  readonly op: "ok";
  readonly ref: number;
  readonly epoch: string;
  readonly offset: number;
  readonly id: string;
  /** Only where it is true: this publish had been kept before. */
  readonly duplicate?: true;
}

export interface HistoryReply {
  readonly op: "ok";
  readonly ref: number;
  readonly room: string;
  readonly epoch: string;
  /** The oldest offset that can be read, and the newest. */
  readonly oldest: number;
  readonly newest: number;
  /** Ascending. */
  readonly messages: readonly Omit<Message, "room">[];
}

export interface MembersReply {
  readonly op: "ok";
  readonly ref: number;
  readonly room: string;
  /** Left out past 500 members. */
  readonly members?: readonly Member[];
  readonly count: number;
}

export interface PublisherReply {
  readonly op: "ok";
  readonly ref: number;
  /** As in the reply to `hello`. */
  readonly publisher: string;
}

export interface PlainReply {
  readonly op: "ok";
  readonly ref: number;
}

export interface ErrorFrame {
  readonly op: "error";
  /** Left out where the request had no readable one. */
  readonly ref?: number;
  readonly code: number;
  readonly name: string;
  readonly message: string;
  readonly retry: boolean;
  readonly expected?: number;
}

export interface PongFrame {
  readonly op: "pong";
  readonly ref: number;
}

export interface MessageFrame extends Message {
  readonly op: "message";
  /** The pattern by which it came; left out where it comes by the room itself. */
  readonly pattern?: string;
}

export interface EventFrame {
  readonly op: "event";
  readonly room: string;
  /** As in `MessageFrame`. */
  readonly pattern?: string;
  readonly type: string;
  readonly from: string;
  readonly data: Json;
}

/** A user in a room, over one or more connections. */
export interface Member {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** `members` is a snapshot; `joins` and `leaves` change it. Past 500 members only `count` is told. */
export interface PresenceFrame {
  readonly op: "presence";
  readonly room: string;
  readonly members?: readonly Member[];
  readonly joins?: readonly Member[];
  readonly leaves?: readonly string[];
  readonly count: number;
}

/** All that was asked of the past has been sent; what follows happens now. */
export interface LiveFrame {
  readonly op: "live";
  readonly room: string;
  readonly offset: number;
}

/**
 * `pattern`: a pattern has no past; what happened since the last time is lost to this member. `forbidden`: it has one
 * that this member may not read.
 */
export type ResetReason = "trimmed" | "epoch" | "future" | "damaged" | "pattern" | "forbidden";

/** The position cannot be served. What follows begins at `oldest`; what lies between is lost to this member. */
export interface ResetFrame {
  readonly op: "reset";
  readonly room: string;
  readonly reason: ResetReason;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

/** The server is about to stop and will close the connection with 1001: come back `delay` ms after that. */
export interface ClosingFrame {
  readonly op: "closing";
  readonly delay: number;
}

/** The token ends in so many ms: `refresh` it (SPEC AUTH-4). */
export interface ExpiringFrame {
  readonly op: "expiring";
  readonly in: number;
}

/** A new token does not allow to be in the room, or pattern, any more; the rest is an error's (SPEC AUTH-5). */
export interface LeftFrame {
  readonly op: "left";
  readonly room: string;
  readonly code: number;
  readonly name: string;
  readonly message: string;
  readonly retry: boolean;
}

export type ServerFrame =
  | HelloReply
  | JoinReply
  | PublishReply
  | HistoryReply
  | MembersReply
  | PublisherReply
  | PlainReply
  | ErrorFrame
  | PongFrame
  | MessageFrame
  | EventFrame
  | PresenceFrame
  | LiveFrame
  | ResetFrame
  | ClosingFrame
  | ExpiringFrame
  | LeftFrame;
