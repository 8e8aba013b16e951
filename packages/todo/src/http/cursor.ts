/** Where the next page begins, as text that a client hands back without looking into it. */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** @returns undefined for what we never wrote. */
export function readCursor(text: string): readonly unknown[] | undefined {
  if (!/^[A-Za-z0-9_-]{1,512}$/.test(text)) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(place) ? place : undefined;
  } catch {
    return undefined;
  }
}
