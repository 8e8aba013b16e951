import { FrameWriter } from "@fanfare/testing/frame-writer";
import { FrameSocket } from "../socket/frame-socket.ts";
import type { ChatRoom } from "./chat-room.ts";
import type { Client } from "./client.ts";
import { fillerOf } from "./filler.ts";
import type { PublishOptions } from "./generator-methods.ts";
import type { Metrics } from "./metrics.ts";

const CHAT = Buffer.from('{"type":"chat"');
/** Announcements of joins carry every name; the client reads their first bytes alone. */
const EDGE = 64;
const writer = new FrameWriter();

/**
 * A member of a chat room. Chat has no acks: a publisher counts the messages that come back to it, and the publishers of
 * a room share one window, the sum of theirs.
 */
export class ChatClient implements Client {
  readonly #name: string;
  readonly #room: ChatRoom;
  readonly #metrics: Metrics;
  readonly #publishers: number;
  #socket: FrameSocket | undefined;
  #options: PublishOptions | undefined;
  #content = "";
  #received = 0;

  private constructor(name: string, room: ChatRoom, publishers: number, metrics: Metrics) {
    this.#name = name;
    this.#room = room;
    this.#metrics = metrics;
    this.#publishers = publishers;
  }

  /** @param publishers how many publish in the room; 0 for one that only listens */
  static async open(
    url: string,
    name: string,
    room: ChatRoom,
    publishers: number,
    metrics: Metrics,
  ): Promise<ChatClient> {
    const client = new ChatClient(name, room, publishers, metrics);
    client.#socket = await FrameSocket.open(
      `${url}/ws/${room.name}?username=${name}`,
      {
        data: (bytes, start, end, length) => client.#data(bytes, start, end, length),
        afterChunk: () => client.#fill(),
        closed: (code) => metrics.closed(publishers > 0 ? "publisher" : "member", code),
      },
      { edge: EDGE },
    );
    return client;
  }

  get isOpen(): boolean {
    return this.#socket?.isOpen ?? false;
  }

  publish(options: PublishOptions): void {
    if (this.#publishers === 0) return;
    this.#options = options;
    this.#content = fillerOf(options.size);
    this.#fill();
  }

  stop(): void {
    this.#options = undefined;
  }

  missing(): string | undefined {
    if (!this.isOpen || this.#received === this.#room.sent) return undefined;
    return `${this.#name} got ${this.#received} of the ${this.#room.sent} messages of ${this.#room.name}`;
  }

  #data(bytes: Buffer, start: number, end: number, length: number): void {
    for (let index = 0; index < CHAT.length; index += 1) {
      if (bytes[start + index] !== CHAT[index]) return;
    }
    this.#received += 1;
    this.#metrics.deliveries += 1;
    this.#metrics.frames += 1;
    this.#metrics.bytes += length;
    this.#metrics.specimen ??= length === end - start ? bytes.toString("utf8", start, end) : undefined;
  }

  #fill(): void {
    const options = this.#options;
    if (options === undefined || !this.#socket?.isOpen) return;
    // Each publisher fills its share alone, so that the first one does not fill the whole window.
    const share = options.window ?? 64;
    const room = share * this.#publishers - (this.#room.sent - this.#received);
    const count = Math.min(share, room);
    if (count <= 0) return;
    writer.clear();
    for (let sent = 0; sent < count; sent += 1) writer.text(this.#content);
    this.#room.sent += count;
    this.#metrics.sent += count;
    this.#socket.send(writer.bytes);
  }
}
