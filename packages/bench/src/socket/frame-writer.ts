import { OPCODE } from "./frame-walker.ts";

/** Length and mask bit in the shortest, the 16-bit and the 64-bit form. */
const LONGEST_HEADER = 14;
const FIN = 0x80;
const MASKED = 0x80;

/**
 * Puts a client's frames one behind the other into one buffer, so that many leave in one write. The masking key is 0,
 * which RFC 6455 section 5.3 allows and which leaves the payload as it is.
 */
export class FrameWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Valid until the next frame is put. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  clear(): void {
    this.#size = 0;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#begin(OPCODE.text, length);
    this.#size += this.#bytes.write(text, this.#size, length, "utf8");
  }

  control(opcode: number, payload: Uint8Array): void {
    this.#begin(opcode, payload.length);
    this.#bytes.set(payload, this.#size);
    this.#size += payload.length;
  }

  #begin(opcode: number, length: number): void {
    this.#reserve(LONGEST_HEADER + length);
    const bytes = this.#bytes;
    let at = this.#size;
    bytes[at] = FIN | opcode;
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
    this.#size = bytes.writeUInt32BE(0, at);
  }

  #reserve(more: number): void {
    const needed = this.#size + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }
}

/** @returns one text frame by itself */
export function frameOf(text: string): Buffer {
  const writer = new FrameWriter();
  writer.text(text);
  return writer.bytes;
}
