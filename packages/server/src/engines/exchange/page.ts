import type { PageLimit, StoredMessage } from "../engine.ts";

/**
 * Gathers messages up to a limit.
 * @param next the message at a position from 0 on, undefined past the last.
 */
export function pageOf(limit: PageLimit, next: (i: number) => StoredMessage | undefined): StoredMessage[] {
  const messages: StoredMessage[] = [];
  let bytes = 0;
  while (messages.length < limit.count && (messages.length === 0 || bytes <= limit.bytes)) {
    const message = next(messages.length);
    if (message === undefined) break;
    messages.push(message);
    bytes += message.data.length;
  }
  return messages;
}
