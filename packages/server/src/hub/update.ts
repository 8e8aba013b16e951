import type { Member } from "@fanfare/protocol";
import type { Attendee, RoomEvent, StoredMessage } from "../engines/engine.ts";

/** Something that happened in a room, as an encoder is told of it. A turn's updates come in their order. */
export type Update = MessageUpdate | EventUpdate | AttendanceUpdate | PresenceUpdate;

export interface MessageUpdate {
  readonly kind: "message";
  readonly message: StoredMessage;
}

export interface EventUpdate {
  readonly kind: "event";
  readonly event: RoomEvent;
}

/** Connections that came and went, one by one and at once. */
export interface AttendanceUpdate {
  readonly kind: "attendance";
  readonly left: readonly Attendee[];
  readonly entered: readonly Attendee[];
  /** Whether the update before it was within the listing bound. */
  readonly wasListed: boolean;
  /** Everyone after this update, in order of arrival; left out past the listing bound. */
  readonly present?: readonly Attendee[];
  readonly count: number;
}

/** Users who came and went, by the rules of presence: one entry each, gone after the grace period. */
export interface PresenceUpdate {
  readonly kind: "presence";
  /** Everyone; told when a room that had grown past the listing bound can be listed again. */
  readonly members?: readonly Member[];
  readonly joins: readonly Member[];
  readonly leaves: readonly string[];
  readonly count: number;
}

/** How a dialect shows a room. Members whose encoders have the same key share one encoding (SPEC FAN-1). */
export interface Encoder {
  readonly key: string;
  shows(message: StoredMessage): boolean;
  /** Frames for these updates, in order; none where nothing of them is shown. */
  encode(room: string, updates: readonly Update[]): string[];
}
