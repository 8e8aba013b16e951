/**
 * Ascending offsets as bytes: each as its distance from the one before (the first from 0), in LEB128. The
 * 64 of a publisher take 64–128 bytes where plain numbers would take 512, and they are written with every commit.
 */
const buffer = new Uint8Array(64 * 8);

/** @param offsets at most 64. */
export function encodeOffsets(offsets: readonly number[]): Uint8Array {
  let length = 0;
  let before = 0;
  for (const offset of offsets) {
    let distance = offset - before;
    before = offset;
    // Not by bit operations: these are for 32 bits only.
    for (; distance >= 128; distance = Math.floor(distance / 128)) buffer[length++] = (distance % 128) + 128;
    buffer[length++] = distance;
  }
  return buffer.slice(0, length);
}

export function decodeOffsets(bytes: Uint8Array): number[] {
  const offsets: number[] = [];
  let offset = 0;
  let distance = 0;
  let scale = 1;
  for (const byte of bytes) {
    distance += (byte % 128) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    offset += distance;
    offsets.push(offset);
    distance = 0;
    scale = 1;
  }
  return offsets;
}
