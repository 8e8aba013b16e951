/**
 * Whether the client of a request has disconnected. Call it once the whole request was read and before it changes anything
 * (SPEC HTTP-14). Bun closes a connection where another request comes behind one that is not answered yet, and parses those
 * of one read only after the handler of the first has run: so this takes one turn of the event loop.
 */
export async function isAbandoned({ signal }: Request): Promise<boolean> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return signal.aborted;
}
