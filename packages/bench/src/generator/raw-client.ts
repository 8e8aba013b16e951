import { FrameSocket } from "../socket/frame-socket.ts";
import type { Client } from "./client.ts";
import type { Metrics } from "./metrics.ts";

/** Nothing inside a frame is looked at but its first bytes. */
const EDGE = 64;
const FIRST_LETTERS = ["[", "{"].map((letter) => letter.charCodeAt(0));

/** A member that counts the frames of a bare server, which publishes by itself. */
export class RawClient implements Client {
  readonly #name: string;
  #socket: FrameSocket | undefined;
  #received = 0;
  #published = 0;

  private constructor(name: string) {
    this.#name = name;
  }

  static async open(url: string, name: string, metrics: Metrics): Promise<RawClient> {
    const client = new RawClient(name);
    client.#socket = await FrameSocket.open(
      url,
      {
        data: (bytes, start, _end, length) => {
          const first = bytes[start] ?? 0;
          if (!FIRST_LETTERS.includes(first))
            metrics.faults.add(`${name}: a raw frame begins with byte ${first}`);
          client.#received += 1;
          metrics.frames += 1;
          metrics.bytes += length;
        },
        closed: (code) => metrics.closed("member", code),
      },
      { edge: EDGE },
    );
    return client;
  }

  get isOpen(): boolean {
    return this.#socket?.isOpen ?? false;
  }

  publish(): void {}

  stop(): void {}

  /** @param frames how many the server published by now */
  expect(frames: number): void {
    this.#published = frames;
  }

  missing(): string | undefined {
    if (!this.isOpen || this.#received === this.#published) return undefined;
    return `${this.#name} got ${this.#received} of the ${this.#published} frames that raw Bun published`;
  }
}
