import { FrameWriter } from "@fanfare/testing/frame-writer";
import type { FrameSocket } from "../socket/frame-socket.ts";
import { fillerOf } from "./filler.ts";
import type { PublishOptions } from "./generator-methods.ts";
import type { Metrics } from "./metrics.ts";
import type { NativeRoom } from "./native-room.ts";

/** Refs below are for hello and join. */
const FIRST_REF = 1_000;
/** A power of two, and not below the largest window. */
const SLOTS = 64;
/** Bytes that a publisher without a window writes per turn of the event loop. */
const TURN = 32 * 1024;
/** Shared: each publisher sends what it wrote here before the next one writes. */
const writer = new FrameWriter();

/** Publishes into one room, with a window of publishes in flight or as fast as the socket takes them. */
export class NativePublisher {
  readonly #socket: FrameSocket;
  readonly #room: NativeRoom;
  readonly #metrics: Metrics;
  readonly #sentAt = new Float64Array(SLOTS);
  #options: PublishOptions | undefined;
  #middle = "";
  #end = "";
  #sent = 0;
  #answered = 0;
  #turnPending = false;

  constructor(socket: FrameSocket, room: NativeRoom, metrics: Metrics) {
    this.#socket = socket;
    this.#room = room;
    this.#metrics = metrics;
  }

  get inFlight(): number {
    return this.#sent - this.#answered;
  }

  start(options: PublishOptions): void {
    this.#options = options;
    this.#middle = `,"room":${JSON.stringify(this.#room.name)}`;
    this.#end = `,"type":"bench","data":"${fillerOf(options.size)}"}`;
    this.fill();
  }

  stop(): void {
    this.#options = undefined;
  }

  /** Sends as many publishes as the window or the socket allows now. */
  fill(): void {
    const options = this.#options;
    if (options === undefined || !this.#socket.isOpen) return;
    if (options.window === null) this.#flood();
    else if (this.inFlight < options.window) this.#refill(options.window, options.batch);
  }

  acknowledge(ref: number, offset: number): void {
    this.#answered += 1;
    this.#metrics.acks += 1;
    if (offset > this.#room.acknowledged) this.#room.acknowledged = offset;
    if (this.#options?.window !== null) {
      this.#metrics.latencies.add(performance.now() - (this.#sentAt[(ref - FIRST_REF) % SLOTS] ?? 0));
    }
  }

  refuse(ref: number, text: string): void {
    this.#answered += 1;
    this.#metrics.faults.add(`publish ${ref - FIRST_REF} into ${this.#room.name} was refused: ${text}`);
  }

  #refill(window: number, batch: boolean): void {
    const now = performance.now();
    const publishes: string[] = [];
    while (this.inFlight < window) {
      this.#sent += 1;
      this.#sentAt[this.#sent % SLOTS] = now;
      publishes.push(this.#text(`,"n":${this.#sent}`));
    }
    this.#metrics.sent += publishes.length;
    writer.clear();
    if (batch && publishes.length > 1) writer.text(`[${publishes.join(",")}]`);
    else for (const publish of publishes) writer.text(publish);
    this.#socket.send(writer.bytes);
  }

  #flood(): void {
    if (!this.#socket.isDrained || this.#turnPending) return;
    writer.clear();
    while (writer.size < TURN) {
      this.#sent += 1;
      this.#metrics.sent += 1;
      writer.text(this.#text(""));
    }
    this.#socket.send(writer.bytes);
    if (!this.#socket.isDrained) return;
    this.#turnPending = true;
    setImmediate(() => {
      this.#turnPending = false;
      this.fill();
    });
  }

  #text(number: string): string {
    return `{"op":"publish","ref":${FIRST_REF + this.#sent}${this.#middle}${number}${this.#end}`;
  }
}
