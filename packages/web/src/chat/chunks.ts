import { type ChatItem, offsetOf } from "./chat-item.ts";

/** Messages that are drawn and measured as one: what a list of 100,000 costs to lay out is divided by it. */
const CHUNK = 10;
const LINE = 21;
const LINE_LENGTH = 110;

/**
 * Where chunks begin. Offsets decide, so that whatever comes above or below changes no chunk but the last. While there
 * is more above, the list begins with a whole chunk, and what stands above that is known: it decides how a message is
 * drawn (day, name).
 */
export function chunksOf(items: readonly ChatItem[], hasMore: boolean): readonly number[] {
  const starts = hasMore || items.length === 0 ? [] : [0];
  for (let index = 1; index < items.length; index++) {
    const offset = offsetOf(items[index]);
    if (offset !== undefined && offset % CHUNK === 0) starts.push(index);
  }
  return starts;
}

/** Which chunk an item is in. */
export function chunkAt(starts: readonly number[], index: number): number {
  return starts.findLastIndex((start) => start <= index);
}

/** Pixels, about, before they are measured. */
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
