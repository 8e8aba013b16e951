/**
 * Whether the client of a request has disconnected. Call it once the whole request was read and before it changes anything
 * (SPEC HTTP-14). Bun closes a connection on which a request arrives before the one before it was answered. If one read
 * brings both, Bun parses the second only after the first one's handler has run; so this waits for one turn of the event loop.
 */
export async function isAbandoned({ signal }: Request): Promise<boolean> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return signal.aborted;
}
