import type { CloseFrame } from "@fanfare/protocol";
import type { BlockReason, Broadcast, ClientSocket } from "../../src/hub/ports.ts";

/** A client's socket without a network: keeps every frame, and takes them as slowly as the test wants. */
export class SimulatedSocket implements ClientSocket {
  readonly frames: string[] = [];
  readonly binaries: Uint8Array[] = [];
  readonly topics = new Set<string>();
  /** A slow client takes nothing by itself: what it is sent waits until `take`. */
  slow = false;
  /** Bytes that wait, and the most that ever did. */
  buffered = 0;
  mostBuffered = 0;
  readonly #blocked = new Set<BlockReason>();
  /** How it was closed by the server. */
  farewell: CloseFrame | undefined;
  /** Frames and closes that came after the end; a real socket ignores them. */
  tooLate = 0;
  onEnded: (() => void) | undefined;
  #ended = false;

  constructor(private readonly broadcast: SimulatedBroadcast) {}

  get ended(): boolean {
    return this.#ended;
  }

  send(frame: string): void {
    if (!this.#takes(Buffer.byteLength(frame))) return;
    this.frames.push(frame);
  }

  sendBinary(frame: Uint8Array): void {
    if (!this.#takes(frame.length)) return;
    this.binaries.push(frame);
  }

  #takes(bytes: number): boolean {
    if (this.#ended) {
      this.tooLate++;
      return false;
    }
    if (this.slow) this.buffered += bytes;
    this.mostBuffered = Math.max(this.mostBuffered, this.buffered);
    return true;
  }

  /** The client takes up to `bytes` of what waits for it. @returns whether it took any. */
  take(bytes = Number.POSITIVE_INFINITY): boolean {
    const taken = Math.min(bytes, this.buffered);
    this.buffered -= taken;
    return taken > 0;
  }

  close(code: number, reason: string): void {
    if (this.#ended) {
      this.tooLate++;
      return;
    }
    if (Buffer.byteLength(reason) > 123) throw new Error(`a close reason has 123 bytes at most: ${reason}`);
    this.farewell = { code, reason };
    this.end();
  }

  /** The socket closes, by either side. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.buffered = 0;
    for (const topic of this.topics) this.broadcast.unsubscribe(topic, this);
    this.onEnded?.();
  }

  block(reason: BlockReason): void {
    this.#blocked.add(reason);
  }

  unblock(reason: BlockReason): void {
    this.#blocked.delete(reason);
  }

  /** Whether the client is not read. */
  get paused(): boolean {
    return this.#blocked.size > 0;
  }

  subscribe(topic: string): void {
    if (this.#ended) return;
    this.topics.add(topic);
    this.broadcast.subscribe(topic, this);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
    this.broadcast.unsubscribe(topic, this);
  }
}

/** Native publish without a network. */
export class SimulatedBroadcast implements Broadcast {
  readonly #topics = new Map<string, Set<SimulatedSocket>>();
  /** Calls, however many sockets each of them reached. */
  published = 0;

  publish(topic: string, frame: string): void {
    this.published++;
    for (const socket of this.#topics.get(topic) ?? []) socket.send(frame);
  }

  subscribe(topic: string, socket: SimulatedSocket): void {
    this.#topics.set(topic, (this.#topics.get(topic) ?? new Set()).add(socket));
  }

  unsubscribe(topic: string, socket: SimulatedSocket): void {
    const sockets = this.#topics.get(topic);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#topics.delete(topic);
  }

  get topicCount(): number {
    return this.#topics.size;
  }
}
