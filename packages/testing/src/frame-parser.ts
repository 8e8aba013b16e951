import { OPCODE } from "./frame-writer.ts";
import { SplitPayload } from "./split-payload.ts";

export interface FrameListener {
  /**
   * A data frame. Its payload is `bytes[start, end)`, or, where a frame longer than that arrived in pieces, its first
   * and last bytes side by side. Valid during the call alone.
   *
   * @param length the payload's real length
   */
  data(bytes: Buffer, start: number, end: number, length: number, opcode: number): void;
  /** A close, ping or pong frame, whose payload is `bytes[start, end)`. */
  control(opcode: number, bytes: Buffer, start: number, end: number): void;
}

/** The server sent what RFC 6455 forbids, or an extension that the client did not offer. */
export class FrameError extends Error {}

const FIN = 0x80;
const MASKED = 0x80;

/**
 * Parses a server's WebSocket frames without copying them. Headers and payloads may be split over chunks anywhere; of a
 * split payload it keeps the edges alone (see `SplitPayload`).
 */
export class FrameParser {
  readonly #listener: FrameListener;
  readonly #split: SplitPayload;
  /** The beginning of a header that the last chunk did not complete. */
  readonly #header = Buffer.alloc(10);
  #headerSize = 0;
  #opcode = 0;
  #inPayload = false;

  /** @param edge bytes kept at either end of a split payload; `Infinity` keeps all */
  constructor(listener: FrameListener, edge = Number.POSITIVE_INFINITY) {
    this.#listener = listener;
    this.#split = new SplitPayload(edge);
  }

  push(chunk: Buffer): void {
    const end = chunk.length;
    let at = this.#inPayload ? this.#resumePayload(chunk, 0) : 0;
    if (this.#headerSize > 0) at = this.#resumeHeader(chunk);

    while (at < end) {
      // Nearly every frame takes this way: a short header and the whole payload in one chunk.
      const available = end - at;
      const size = available < 2 ? 2 : headerSize(chunk, at);
      if (available < size) {
        this.#headerSize = chunk.copy(this.#header, 0, at, end);
        return;
      }
      const length = payloadLength(chunk, at, size);
      const opcode = opcodeOf(chunk, at);
      const start = at + size;
      at = start + length;
      if (at > end) {
        this.#beginPayload(opcode, length);
        this.#split.append(chunk, start, end);
        return;
      }
      this.#deliver(opcode, chunk, start, at, length);
    }
  }

  #beginPayload(opcode: number, length: number): void {
    this.#opcode = opcode;
    this.#inPayload = true;
    this.#split.begin(length);
  }

  /** @returns where the payload ended, or the chunk */
  #resumePayload(chunk: Buffer, from: number): number {
    const to = Math.min(chunk.length, from + this.#split.missing);
    this.#split.append(chunk, from, to);
    if (this.#split.missing === 0) {
      this.#inPayload = false;
      this.#deliver(this.#opcode, this.#split.bytes, 0, this.#split.size, this.#split.length);
    }
    return to;
  }

  /** @returns where the frame of the broken header ended, or the chunk */
  #resumeHeader(chunk: Buffer): number {
    const header = this.#header;
    let at = 0;
    while (this.#headerSize < (this.#headerSize < 2 ? 2 : headerSize(header, 0))) {
      const byte = chunk[at];
      if (byte === undefined) return at;
      header[this.#headerSize] = byte;
      this.#headerSize += 1;
      at += 1;
    }
    this.#beginPayload(opcodeOf(header, 0), payloadLength(header, 0, this.#headerSize));
    this.#headerSize = 0;
    return this.#resumePayload(chunk, at);
  }

  #deliver(opcode: number, bytes: Buffer, start: number, end: number, length: number): void {
    if (opcode < OPCODE.close) this.#listener.data(bytes, start, end, length, opcode);
    else this.#listener.control(opcode, bytes, start, end);
  }
}

/** @param at where a header begins of which at least two bytes are there */
function headerSize(bytes: Buffer, at: number): number {
  const second = bytes[at + 1] ?? 0;
  if (second < 126) return 2;
  if (second === 126) return 4;
  if (second === 127) return 10;
  throw new FrameError(`the server masked a frame (second byte ${second & ~MASKED} + ${MASKED})`);
}

function payloadLength(bytes: Buffer, at: number, size: number): number {
  if (size === 2) return bytes[at + 1] ?? 0;
  return size === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}

function opcodeOf(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const opcode = first & ~FIN;
  const known =
    (opcode >= OPCODE.text && opcode <= OPCODE.binary) || (opcode >= OPCODE.close && opcode <= OPCODE.pong);
  if (known && first >= FIN) return opcode;
  throw new FrameError(
    `a frame begins with 0x${first.toString(16)}: fragments and extensions are not read here`,
  );
}
