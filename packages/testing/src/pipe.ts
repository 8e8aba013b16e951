import type { Socket } from "node:net";

interface Held {
  readonly bytes: Buffer;
  /** On the clock of `performance.now()`. */
  readonly due: number;
}

/** Past so many held bytes the rest stays in the kernel, so that the sender feels the stall as on a network. */
const HELD_MOST = 256 * 1024;

/** One direction of a proxied connection: carries bytes from one socket to the other in order. */
export class Pipe {
  /** Bytes carried so far. */
  carried = 0;
  readonly #held: Held[] = [];
  #heldBytes = 0;
  #stalled = false;
  #swallows = false;
  #ended = false;
  #delay = 0;
  #pieces: readonly number[] = [];
  #piece = 0;
  #leftUntilCut: number | undefined;
  #cut: () => void = () => {};
  #turn: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on("data", (bytes) => this.#take(Buffer.from(bytes)));
    from.on("end", () => {
      this.#ended = true;
      this.#pump();
    });
  }

  /** Holds everything back until `flow`. */
  stall(): void {
    this.#stalled = true;
  }

  flow(): void {
    this.#stalled = false;
    this.#pump();
  }

  /** Carries what arrives from now on `ms` later. */
  delay(ms: number): void {
    this.#delay = ms;
  }

  /** Carries pieces of these sizes, in a cycle, each in a segment of its own; an empty list carries bytes as they come. */
  split(pieces: readonly number[]): void {
    this.#pieces = pieces.filter((bytes) => bytes > 0);
    this.#piece = 0;
  }

  /** Calls `cut` once exactly so many more bytes have been carried; the rest never is. */
  cutAfter(bytes: number, cut: () => void): void {
    this.#leftUntilCut = bytes;
    this.#cut = cut;
    this.#pump();
  }

  /** Reads and drops everything from now on, the end included; what it holds is lost. */
  swallow(): void {
    this.#swallows = true;
    clearTimeout(this.#turn);
    this.#turn = undefined;
    this.#held.length = 0;
    this.#heldBytes = 0;
    this.from.resume();
  }

  #take(bytes: Buffer): void {
    if (this.#swallows) return;
    const due = Math.max(performance.now() + this.#delay, this.#held.at(-1)?.due ?? 0);
    this.#held.push({ bytes, due });
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > HELD_MOST) this.from.pause();
    this.#pump();
  }

  #pump(): void {
    if (this.#turn !== undefined) return; // the timer pumps
    while (!this.#stalled && !this.#swallows) {
      if (this.#leftUntilCut === 0) {
        this.swallow();
        this.#cut();
        return;
      }
      const next = this.#held[0];
      if (next === undefined) break;
      const early = next.due - performance.now();
      if (early > 0) {
        this.#later(Math.ceil(early));
        return;
      }
      this.#carry(next);
      // Each piece gets a turn of the event loop, so that the next one is a segment of its own.
      if (this.#pieces.length > 0 && this.#held.length > 0) {
        this.#later(0);
        return;
      }
    }
    if (this.#held.length === 0 && this.#ended && !this.#stalled && !this.#swallows) this.to.end();
  }

  #carry({ bytes, due }: Held): void {
    let length = bytes.length;
    if (this.#pieces.length > 0) {
      length = Math.min(length, this.#pieces[this.#piece] ?? length);
      this.#piece = (this.#piece + 1) % this.#pieces.length;
    }
    if (this.#leftUntilCut !== undefined) length = Math.min(length, this.#leftUntilCut);
    if (length === bytes.length) this.#held.shift();
    else this.#held[0] = { bytes: bytes.subarray(length), due };
    this.#heldBytes -= length;
    this.carried += length;
    if (this.#leftUntilCut !== undefined) this.#leftUntilCut -= length;
    this.to.write(bytes.subarray(0, length));
    if (this.#heldBytes <= HELD_MOST) this.from.resume();
  }

  #later(ms: number): void {
    this.#turn = setTimeout(() => {
      this.#turn = undefined;
      this.#pump();
    }, ms);
  }
}
