/** RFC 6455 section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  /** Whether this is the last fragment of its message; true unless given. */
  readonly final?: boolean;
  /** Whether the payload is compressed (RFC 7692); false unless given. */
  readonly compressed?: boolean;
  /** Four bytes; unless given 0, which leaves the payload as it is. */
  readonly maskingKey?: number;
}

/** Length and mask bit in the shortest, the 16-bit and the 64-bit form. */
const LONGEST_HEADER = 14;
const FIN = 0x80;
const RSV1 = 0x40;
const MASKED = 0x80;

/**
 * Writes a client's frames one behind the other into one buffer, so that many leave in one write. The masking key may be
 * 0 (RFC 6455 section 5.3), which saves the masking.
 */
export class FrameWriter {
  #bytes: Buffer;
  #size = 0;

  /** @param capacity bytes to begin with; the buffer grows */
  constructor(capacity = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Valid until the next frame is written. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  clear(): void {
    this.#size = 0;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#begin(FIN | OPCODE.text, length, 0);
    this.#size += this.#bytes.write(text, this.#size, length, "utf8");
  }

  frame(opcode: number, payload: Uint8Array, options: FrameOptions = {}): void {
    const { final = true, compressed = false, maskingKey = 0 } = options;
    this.#begin((final ? FIN : 0) | (compressed ? RSV1 : 0) | opcode, payload.length, maskingKey);
    this.#bytes.set(payload, this.#size);
    if (maskingKey !== 0) mask(this.#bytes.subarray(this.#size, this.#size + payload.length), maskingKey);
    this.#size += payload.length;
  }

  #begin(first: number, length: number, maskingKey: number): void {
    this.#reserve(LONGEST_HEADER + length);
    const bytes = this.#bytes;
    let at = this.#size;
    bytes[at] = first;
    if (length < 126) {
      bytes[at + 1] = MASKED | length;
      at += 2;
    } else if (length < 65_536) {
      bytes[at + 1] = MASKED | 126;
      at = bytes.writeUInt16BE(length, at + 2);
    } else {
      bytes[at + 1] = MASKED | 127;
      at = bytes.writeBigUInt64BE(BigInt(length), at + 2);
    }
    this.#size = bytes.writeUInt32BE(maskingKey, at);
  }

  #reserve(more: number): void {
    const needed = this.#size + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }
}

/** @returns one text frame, unmasked by its key 0 */
export function textFrame(text: string): Buffer {
  return clientFrame(OPCODE.text, Buffer.from(text));
}

/** @returns one frame of a client */
export function clientFrame(opcode: number, payload: Uint8Array, options?: FrameOptions): Buffer {
  const writer = new FrameWriter(LONGEST_HEADER + payload.length);
  writer.frame(opcode, payload, options);
  return writer.bytes;
}

function mask(payload: Buffer, key: number): void {
  for (let i = 0; i < payload.length; i++)
    payload[i] = (payload[i] ?? 0) ^ ((key >>> (8 * (3 - (i % 4)))) & 0xff);
}
