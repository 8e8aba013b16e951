export type { Backoff, Json, Member, Message, Position, ResetReason } from "@fanfare/protocol";
export type { Reason, WebSocketConstructor, WebSocketLike } from "./connection.ts";
export { FanfareError } from "./errors.ts";
export { Fanfare } from "./fanfare.ts";
export type { JsonCompatible } from "./json-compatible.ts";
export type { Abortable } from "./listeners.ts";
export type { JoinOptions, RoomState } from "./membership.ts";
export type {
  ClientEvents,
  CloseOptions,
  CloseResult,
  Failed,
  FanfareOptions,
  Lost,
  Token,
} from "./options.ts";
export type { OutboxState } from "./outbox/outbox.ts";
export type { OutboxChange, OutboxStore, StoredOutbox, StoredPublish } from "./outbox/outbox-store.ts";
export type { Receipt } from "./outbox/room-queue.ts";
export type { Outgoing, TypedOutgoing } from "./outgoing-list.ts";
export { Pattern, type PatternOptions } from "./pattern.ts";
export type { Presence, PresenceChange } from "./presence-set.ts";
export type { ConnectionState } from "./reconnector.ts";
export {
  type AnyRoom,
  type HistoryOptions,
  type HistoryPage,
  Room,
  type RoomEvents,
  type RoomOptions,
} from "./room.ts";
export type { Input, Issue, Output, Schemas, StandardSchema } from "./schemas.ts";
export {
  type AnyMessages,
  type Invalid,
  type Live,
  type MessageTypes,
  type Reset,
  type RoomEvent,
  type RoomMessage,
  Subscription,
  type SubscriptionEvents,
  type TypedEvent,
  type TypedMessage,
} from "./subscription.ts";
export type { Value } from "./value.ts";
