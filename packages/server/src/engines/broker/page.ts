import type { PageLimit, StoredMessage } from "../engine.ts";

/**
 * Gathers messages up to a limit.
 * @param next the message at a position from 0 on, undefined past the last.
 */
export function pageOf(limit: PageLimit, next: (i: number) => StoredMessage | undefined): StoredMessage[] {
  const messages: StoredMessage[] = [];
  let bytes = 0;
  while (messages.length < limit.count) {
    const message = next(messages.length);
    if (message === undefined) break;
    bytes += Buffer.byteLength(message.data);
    if (bytes > limit.bytes && messages.length > 0) break;
    messages.push(message);
  }
  return messages;
}
