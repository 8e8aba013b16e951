import { FrameWriter } from "@fanfare/testing/frame-writer";
import { FrameSocket } from "../socket/frame-socket.ts";
import type { ChatRoom } from "./chat-room.ts";
import type { Client } from "./client.ts";
import { fillerOf } from "./filler.ts";
import type { Publishing } from "./orders.ts";
import type { Tally } from "./tally.ts";

const CHAT = Buffer.from('{"type":"chat"');
/** Announcements of joins carry every name; only their first bytes are looked at. */
const EDGE = 64;
const writer = new FrameWriter();

/**
 * A member of a chat room. Chat has no acks: a publisher counts what comes back to itself, and lets as many messages
 * be under way in the room as all publishers' windows together allow.
 */
export class ChatClient implements Client {
  readonly #name: string;
  readonly #room: ChatRoom;
  readonly #tally: Tally;
  readonly #publishers: number;
  #socket: FrameSocket | undefined;
  #order: Publishing | undefined;
  #content = "";
  #received = 0;

  private constructor(name: string, room: ChatRoom, publishers: number, tally: Tally) {
    this.#name = name;
    this.#room = room;
    this.#tally = tally;
    this.#publishers = publishers;
  }

  /** @param publishers how many publish in the room; 0 for one that only listens */
  static async open(
    url: string,
    name: string,
    room: ChatRoom,
    publishers: number,
    tally: Tally,
  ): Promise<ChatClient> {
    const client = new ChatClient(name, room, publishers, tally);
    client.#socket = await FrameSocket.open(
      `${url}/ws/${room.name}?username=${name}`,
      {
        data: (bytes, start, end, length) => client.#data(bytes, start, end, length),
        afterChunk: () => client.#fill(),
        closed: (code) => tally.closed(publishers > 0 ? "publisher" : "member", code),
      },
      { edge: EDGE },
    );
    return client;
  }

  get isOpen(): boolean {
    return this.#socket?.isOpen ?? false;
  }

  publish(order: Publishing): void {
    if (this.#publishers === 0) return;
    this.#order = order;
    this.#content = fillerOf(order.size);
    this.#fill();
  }

  hush(): void {
    this.#order = undefined;
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
    this.#tally.deliveries += 1;
    this.#tally.frames += 1;
    this.#tally.bytes += length;
    this.#tally.specimen ??= length === end - start ? bytes.toString("utf8", start, end) : undefined;
  }

  #fill(): void {
    const order = this.#order;
    if (order === undefined || !this.#socket?.isOpen) return;
    // The publishers take turns by what each receives; one share each keeps the first from filling the window alone.
    const share = order.window ?? 64;
    const room = share * this.#publishers - (this.#room.sent - this.#received);
    const count = Math.min(share, room);
    if (count <= 0) return;
    writer.clear();
    for (let sent = 0; sent < count; sent += 1) writer.text(this.#content);
    this.#room.sent += count;
    this.#tally.sent += count;
    this.#socket.send(writer.bytes);
  }
}
