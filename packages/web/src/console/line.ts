import type { AnyMessages, RoomEvent, RoomMessage } from "@fanfare/client";
import type { Tone } from "../design/tone.ts";

/** Where a message came from: live, the history at the join, or a replay. */
export type Origin = "live" | "past" | "replay";

interface FromRoom {
  readonly room: string;
  /** The room or pattern that delivered it; undefined for a replay. */
  readonly subscription: string | undefined;
  readonly hue: number;
  readonly type: string;
  readonly from: string;
  /** Ms since 1970, by the server's clock for a message, by this machine's for an event. */
  readonly at: number;
  /** Its data as text, which is shown, searched and counted. */
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

/** A change of the subscription: live, caught up, a gap, a refusal. */
export interface NoteLine {
  readonly kind: "note";
  readonly room: string;
  readonly hue: number;
  readonly at: number;
  readonly tone: Tone;
  readonly text: string;
}

export type NewLine = MessageLine | EventLine | NoteLine;
/** `seq` grows from line to line, and is below 1 for lines that are put in front of the first. */
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

/** @returns the index of a line in lines that are sorted by `seq`; -1 if it is missing */
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
