/**
 * Collects a payload that arrives in several chunks: all of it, or, past `2 × edge` bytes, its first and its last `edge`
 * bytes side by side. Since the header says the length, this takes two range copies per chunk.
 */
export class SplitPayload {
  readonly #edge: number;
  #length = 0;
  #received = 0;
  #bytes: Buffer = Buffer.alloc(0);

  /** @param edge bytes kept at either end; `Infinity` keeps everything */
  constructor(edge: number) {
    this.#edge = edge;
  }

  /** The kept bytes stand at the front of it, `size` of them. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get size(): number {
    return Math.min(this.#length, 2 * this.#edge);
  }

  /** The payload's real length. */
  get length(): number {
    return this.#length;
  }

  get missing(): number {
    return this.#length - this.#received;
  }

  begin(length: number): void {
    this.#length = length;
    this.#received = 0;
    if (this.#bytes.length < this.size) this.#bytes = Buffer.allocUnsafe(this.size);
  }

  /** Appends the payload's next bytes, `chunk[from, to)`; never more than are missing. */
  append(chunk: Buffer, from: number, to: number): void {
    const position = this.#received;
    const end = position + (to - from);
    this.#received = end;
    const cut = this.#length - this.size; // bytes left out between the edges
    const headEnd = cut === 0 ? this.#length : this.#edge;
    if (position < headEnd) {
      chunk.copy(this.#bytes, position, from, from + Math.min(end, headEnd) - position);
    }
    const tailStart = headEnd + cut;
    if (cut > 0 && end > tailStart) {
      const first = Math.max(position, tailStart);
      chunk.copy(this.#bytes, first - cut, from + (first - position), to);
    }
  }
}
