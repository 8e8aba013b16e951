import type { AnyMessages, FanfareError, Json } from "@fanfare/client";
import type { TimelineItem } from "@fanfare/client/react";

export type ChatItem = TimelineItem<AnyMessages>;

/** A message, kept or on its way, as it is shown. */
export interface Said {
  readonly from: string;
  readonly at: number;
  /** Undefined where it is no chat message: another program may publish whatever it likes. */
  readonly text: string | undefined;
  readonly type: string;
  readonly standing: "pending" | "sent" | "kept" | "failed";
  /** Published by this page. */
  readonly isOwn: boolean;
  readonly error?: FanfareError | undefined;
}

/** Undefined where the item is no message. */
export function saidIn(item: ChatItem, user: string): Said | undefined {
  if (item.kind === "message") {
    const { from, at, type, data, key, id } = item.message;
    return { from, at, type, text: textIn(type, data), standing: "kept", isOwn: key !== id };
  }
  if (item.kind === "outgoing") {
    const { at, type, data, status, error } = item.outgoing;
    return { from: user, at, type, text: textIn(type, data), standing: status, isOwn: true, error };
  }
  return undefined;
}

export function textIn(type: string, data: Json): string | undefined {
  if (type !== "chat" || typeof data !== "object" || data === null || !("text" in data)) return undefined;
  return typeof data.text === "string" ? data.text : undefined;
}

/** Ms within which one's messages stand under one name. */
const TOGETHER = 5 * 60_000;

export function isContinued(before: Said | undefined, said: Said): boolean {
  return before?.from === said.from && Math.abs(said.at - before.at) < TOGETHER;
}

export function offsetOf(item: ChatItem | undefined): number | undefined {
  return item?.kind === "message" ? item.message.offset : undefined;
}
