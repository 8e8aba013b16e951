/** A body had more bytes than allowed. */
export class BodyTooLarge extends Error {}

/** The whole body, as what encodes it is undone. @param most bytes @throws {BodyTooLarge} and cancels the rest */
export async function readBody({ body }: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > most) throw new BodyTooLarge(`it has more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
