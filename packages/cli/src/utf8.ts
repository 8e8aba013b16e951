import { UsageError } from "./usage-error.ts";

/**
 * Bun replaces bytes that are not UTF-8 by U+FFFD, so different names, paths and secrets would become one.
 *
 * @param what names the text, which may be a secret
 * @throws {UsageError}
 */
export function requireUtf8(what: string, text: string): void {
  if (text.includes("\ufffd")) throw new UsageError(`${what} is not UTF-8 text`);
}
