import { type ChatItem, offsetOf } from "./chat-item.ts";

/** The index of the first message that is new; undefined where none is, or nothing is known to be old. */
export function firstNew(items: readonly ChatItem[], readUpTo: number | undefined): number | undefined {
  if (readUpTo === undefined) return undefined;
  let found: number | undefined;
  for (let index = items.length - 1; index >= 0; index--) {
    const offset = offsetOf(items[index]);
    if (offset === undefined) continue;
    if (offset <= readUpTo) return found;
    found = index;
  }
  // All that is here is new: where that began lies above.
  return readUpTo === 0 ? found : undefined;
}

/** New messages of others. */
export function countNew(items: readonly ChatItem[], readUpTo: number | undefined, user: string): number {
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
