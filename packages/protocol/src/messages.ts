/**
 * The frames of the native dialect (subprotocol `fanfare.v1.json`). SPEC.md is the authority. A WebSocket message is one
 * frame, or an array of frames, both ways.
 */

export const SUBPROTOCOL = "fanfare.v1.json";

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in a room's log of one epoch; a client at it has received everything up to and including `offset`. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** Where a client resumes. */
export interface ResumePosition extends Position {
  /** The id of the message at `offset`, if the client knows it: another one there is another history (SPEC JOIN-9). */
  readonly id?: string;
}

/** One record of a room. */
export interface Message {
  readonly room: string;
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  readonly from: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
  readonly data: Json;
}

// Client → server. `ref` is the request's own number; exactly one reply carries it back.

export interface HelloRequest {
  readonly op: "hello";
  readonly ref: number;
  /** A guest's name; by default the server picks one. */
  readonly user?: string;
  /** Authenticates the user, if the server uses tokens (SPEC HELLO-4). */
  readonly token?: string;
  /** The durable id of this client's outbox, a secret of 16–64 characters; required to publish by number. */
  readonly publisher?: string;
  readonly client?: { readonly name: string; readonly version: string };
}

export interface JoinRequest {
  readonly op: "join";
  readonly ref: number;
  /** A room, or a pattern (`orders.*`), which joins all matching rooms live, without `history` and `presence`. */
  readonly room: string;
  /** Resumes: replays everything after this position, exactly once. Excludes `history`. */
  readonly after?: ResumePosition;
  /** Replays this many of the last messages. */
  readonly history?: number;
  /** Lists this user as a member, and sends presence frames. */
  readonly presence?: boolean;
  /** Sends only messages and events of these types. */
  readonly types?: readonly string[];
}

export interface LeaveRequest {
  readonly op: "leave";
  readonly ref: number;
  /** The room or the pattern that was joined. */
  readonly room: string;
}

/** The server recognises a retry by `n` or by `id`; without either it does not. Both together are refused. */
export interface PublishRequest {
  readonly op: "publish";
  readonly ref: number;
  readonly room: string;
  readonly type: string;
  readonly data: Json;
  readonly id?: string;
  /** 1 for this publisher's first message in this room, then 1 more for each message that was kept. */
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
  /** The messages right before this offset, or right `after` it; by default the newest. */
  readonly before?: number;
  readonly after?: number;
  /** The most messages, 100 by default; a page of large messages holds fewer. */
  readonly limit?: number;
  /** The request is refused with `epoch_mismatch` if the log has another epoch. */
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

/** Sets the publisher of later publishes on this connection, in place of that of `hello` (SPEC HELLO-5). */
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
  /** The public form of the publisher: its message `n` has the id `<publisher>:<n>`. */
  readonly publisher?: string;
  /** The server's clock, milliseconds since 1970. */
  readonly time: number;
  /** The client sends a frame at least every `ping` ms; the server closes a connection that is silent for `dead` ms. */
  readonly heartbeat: { readonly ping: number; readonly dead: number };
  readonly limits: { readonly frame: number; readonly rooms: number; readonly inFlight: number };
}

/**
 * Precedes the first message of the join. `offset` is the newest of the room at that moment. A pattern has no log: its
 * epoch is `""` and its offset 0, and a client that resumes from there gets `reset`.
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
  /** Present if this publish had been kept before. */
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
  /** Absent past 500 members. */
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
  /** Absent if the request had no readable one. */
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
  /** The joined pattern that matched; absent if the room itself was joined. */
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

/** `members` is a snapshot; `joins` and `leaves` change it. Past 500 members only `count` is sent. */
export interface PresenceFrame {
  readonly op: "presence";
  readonly room: string;
  readonly members?: readonly Member[];
  readonly joins?: readonly Member[];
  readonly leaves?: readonly string[];
  readonly count: number;
}

/** The requested past has been sent; the frames that follow are live. */
export interface LiveFrame {
  readonly op: "live";
  readonly room: string;
  readonly offset: number;
}

/**
 * `pattern`: a pattern has no past, so what happened since the last time is lost to this member. `forbidden`: this member
 * may not read the past.
 */
export type ResetReason = "trimmed" | "epoch" | "future" | "damaged" | "pattern" | "forbidden";

/** The position cannot be served: messages follow from `oldest` on, and those before it are lost to this member. */
export interface ResetFrame {
  readonly op: "reset";
  readonly room: string;
  readonly reason: ResetReason;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

/** The server is stopping and closes the connection with 1001; the client reconnects `delay` ms after that. */
export interface ClosingFrame {
  readonly op: "closing";
  readonly delay: number;
}

/** The token expires in `in` ms; the client sends `refresh` (SPEC AUTH-4). */
export interface ExpiringFrame {
  readonly op: "expiring";
  readonly in: number;
}

/** The server removed the client from a room or pattern that a new token does not allow; with the fields of an error (SPEC AUTH-5). */
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
