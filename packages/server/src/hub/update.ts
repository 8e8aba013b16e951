import type { Member } from "@fanfare/protocol";
import type { Attendee, RoomEvent, StoredMessage } from "../engines/engine.ts";

/** Something that happened in a room, as an encoder is given it. A turn's updates come in their order. */
export type Update = MessageUpdate | EventUpdate | EnteredUpdate | LeftUpdate | PresenceUpdate;

export interface MessageUpdate {
  readonly kind: "message";
  readonly message: StoredMessage;
}

export interface EventUpdate {
  readonly kind: "event";
  readonly event: RoomEvent;
}

/** A visible connection entered the room, at this place among the messages and events. */
export interface EnteredUpdate {
  readonly kind: "entered";
  readonly attendee: Attendee;
}

export interface LeftUpdate {
  readonly kind: "left";
  readonly attendee: Attendee;
}

/** Users who joined and left, by the rules of presence: one entry per user, who leaves after the grace period. */
export interface PresenceUpdate {
  readonly kind: "presence";
  /** Everyone; only when a room that had grown past the listing bound can be listed again. */
  readonly members?: readonly Member[];
  readonly joins: readonly Member[];
  readonly leaves: readonly string[];
  readonly count: number;
}

/** How a dialect shows a room. Members whose encoders have the same key share one encoding (SPEC FAN-1). */
export interface Encoder {
  readonly key: string;
  /**
   * Called once on the encoder that serves all members with its key, when the first of them goes live: from here on
   * it is given every update of the room. Not called for patterns.
   * @param attendees the visible connections, in order of arrival
   */
  begin?(attendees: Iterable<Attendee>): void;
  shows(message: StoredMessage): boolean;
  /** Frames for these updates, in order; none where nothing of them is shown. */
  encode(room: string, updates: readonly Update[]): string[];
}
