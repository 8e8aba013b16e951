const LONE_PERCENT = /%(?![0-9a-f]{2})/gi;

/**
 * Whether an address is percent-encoded UTF-8 (SPEC HTTP-13). Decoders replace every other byte by U+FFFD, so different names
 * would become one; Bun has replaced bytes that came without encoding before we see them, so U+FFFD itself counts as one.
 *
 * @param address path and query of a URL, which is ASCII; a `%` that encodes nothing stands for itself
 */
export function isEncodedUtf8(address: string): boolean {
  if (!address.includes("%")) return true;
  try {
    return !decodeURIComponent(address.replace(LONE_PERCENT, "%25")).includes("\ufffd");
  } catch {
    return false;
  }
}
