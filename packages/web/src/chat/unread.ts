import { type ChatItem, offsetOf } from "./chat-message.ts";

/** @returns the index of the first unread message; undefined if there is none, or `readUpTo` is not known */
export function firstUnread(items: readonly ChatItem[], readUpTo: number | undefined): number | undefined {
  if (readUpTo === undefined) return undefined;
  let found: number | undefined;
  for (let index = items.length - 1; index >= 0; index--) {
    const offset = offsetOf(items[index]);
    if (offset === undefined) continue;
    if (offset <= readUpTo) return found;
    found = index;
  }
  // All loaded messages are unread, and older unread ones are not loaded.
  return readUpTo === 0 ? found : undefined;
}

/** Counts the unread messages of others. */
export function countUnread(items: readonly ChatItem[], readUpTo: number | undefined, user: string): number {
  if (readUpTo === undefined) return 0;
  let count = 0;
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index];
    const offset = offsetOf(item);
    if (offset !== undefined && offset <= readUpTo) return count;
    if (item?.kind === "message" && item.message.from !== user) count += 1;
  }
  return count;
}
