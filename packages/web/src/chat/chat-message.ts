import type { AnyMessages, FanfareError, Json } from "@fanfare/client";
import type { TimelineItem } from "@fanfare/client/react";

export type ChatItem = TimelineItem<AnyMessages>;

/** A message as the page shows it, stored on the server or on its way. */
export interface ChatMessage {
  readonly from: string;
  readonly at: number;
  /** Undefined where it is not a chat message: other programs may publish any type. */
  readonly text: string | undefined;
  readonly type: string;
  readonly status: "pending" | "sent" | "stored" | "failed";
  /** Published by this page. */
  readonly isOwn: boolean;
  readonly error?: FanfareError | undefined;
}

/** @returns undefined where the item is not a message */
export function messageOf(item: ChatItem, user: string): ChatMessage | undefined {
  if (item.kind === "message") {
    const { from, at, type, data, key, id } = item.message;
    return { from, at, type, text: textIn(type, data), status: "stored", isOwn: key !== id };
  }
  if (item.kind === "outgoing") {
    const { at, type, data, status, error } = item.outgoing;
    return { from: user, at, type, text: textIn(type, data), status, isOwn: true, error };
  }
  return undefined;
}

export function textIn(type: string, data: Json): string | undefined {
  if (type !== "chat" || typeof data !== "object" || data === null || !("text" in data)) return undefined;
  return typeof data.text === "string" ? data.text : undefined;
}

/** Ms within which messages of one user are grouped under one name. */
const GROUPED_WITHIN = 5 * 60_000;

export function isGrouped(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return before?.from === message.from && Math.abs(message.at - before.at) < GROUPED_WITHIN;
}

export function offsetOf(item: ChatItem | undefined): number | undefined {
  return item?.kind === "message" ? item.message.offset : undefined;
}
