import type { AnyMessages, RoomEvent, RoomMessage } from "@fanfare/client";
import type { Tone } from "../design/tone.ts";

/** How a message came here: as it happened, from before the join, or because somebody asked for it again. */
export type Origin = "live" | "past" | "replay";

interface FromRoom {
  readonly room: string;
  /** The room or pattern that it was heard through; a replay has none. */
  readonly subscription: string | undefined;
  readonly hue: number;
  readonly type: string;
  readonly from: string;
  /** Ms since 1970: for a message the server's clock, for an event ours. */
  readonly at: number;
  /** Its data. Kept as text: that is what is shown, searched and counted. */
  readonly json: string;
}

export interface MessageLine extends FromRoom {
  readonly kind: "message";
  readonly offset: number;
  readonly id: string;
  readonly origin: Origin;
}

export interface EventLine extends FromRoom {
  readonly kind: "event";
}

/** What happened to a room here: live, caught up, a gap, a refusal. */
export interface NoteLine {
  readonly kind: "note";
  readonly room: string;
  readonly hue: number;
  readonly at: number;
  readonly tone: Tone;
  readonly text: string;
}

export type NewLine = MessageLine | EventLine | NoteLine;
/** `seq` grows from line to line; what is put in front of the first one counts down. */
export type Line = NewLine & { readonly seq: number };

export interface Source {
  readonly subscription: string | undefined;
  readonly hue: number;
}

export function messageLine(
  { room, offset, id, type, from, at, data }: RoomMessage<AnyMessages>,
  { subscription, hue }: Source,
  origin: Origin,
): MessageLine {
  const json = JSON.stringify(data);
  return { kind: "message", room, subscription, hue, offset, id, type, from, at, json, origin };
}

export function eventLine({ room, type, from, data }: RoomEvent, { subscription, hue }: Source): EventLine {
  return {
    kind: "event",
    room,
    subscription,
    hue,
    type,
    from,
    at: Date.now(),
    json: JSON.stringify(data),
  };
}

export function noteLine(room: string, hue: number, text: string, tone: Tone = "neutral"): NoteLine {
  return { kind: "note", room, hue, at: Date.now(), tone, text };
}

/** Lines are in the order of their numbers. @returns -1 where it is not there */
export function indexOf(lines: readonly Line[], seq: number): number {
  const index = indexBefore(lines, seq);
  return lines[index]?.seq === seq ? index : -1;
}

/** @returns the last line whose number is at most `seq`; -1 if there is none */
export function indexBefore(lines: readonly Line[], seq: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
