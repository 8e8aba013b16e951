import { type ChatItem, offsetOf } from "./chat-message.ts";

/** Messages that are drawn and measured as one, so that a list of 100,000 messages has 10,000 elements to lay out. */
const CHUNK = 10;
const LINE = 21;
const LINE_LENGTH = 110;

/**
 * The indexes at which chunks begin. They follow from offsets, so items that are added above or below change only the last
 * chunk. While older messages are not loaded the list begins with a whole chunk, because the item above decides how a
 * message is drawn (day, name).
 */
export function chunksOf(items: readonly ChatItem[], hasMore: boolean): readonly number[] {
  const starts = hasMore || items.length === 0 ? [] : [0];
  for (let index = 1; index < items.length; index++) {
    const offset = offsetOf(items[index]);
    if (offset !== undefined && offset % CHUNK === 0) starts.push(index);
  }
  return starts;
}

/** @returns the chunk that has the item */
export function chunkAt(starts: readonly number[], index: number): number {
  return starts.findLastIndex((start) => start <= index);
}

/** An estimate in pixels, used until the chunk is measured. */
export function heightOf(items: readonly ChatItem[], begin: number, end: number): number {
  let height = 0;
  for (let index = begin; index < end; index++) height += heightOfItem(items[index]);
  return height;
}

function heightOfItem(item: ChatItem | undefined): number {
  if (item?.kind !== "message") return 48;
  const { data } = item.message;
  const text = typeof data === "object" && data !== null && "text" in data ? String(data.text) : "";
  return 30 + LINE * Math.floor(text.length / LINE_LENGTH);
}
