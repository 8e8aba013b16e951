import { FrameWriter } from "@fanfare/testing/frame-writer";
import type { FrameSocket } from "../socket/frame-socket.ts";
import { fillerOf } from "./filler.ts";
import type { NativeRoom } from "./native-room.ts";
import type { Publishing } from "./orders.ts";
import type { Tally } from "./tally.ts";

/** Refs below are for hello and join. */
const FIRST_REF = 1_000;
/** A power of two, and not below the largest window. */
const SLOTS = 64;
/** What a publisher without a window writes before others get their turn. */
const TURN = 32 * 1024;
/** Frames are composed here and leave before anybody else composes any. */
const writer = new FrameWriter();

/** Publishes into one room: so many in flight, or as fast as the socket takes. */
export class NativePublisher {
  readonly #socket: FrameSocket;
  readonly #room: NativeRoom;
  readonly #tally: Tally;
  readonly #sentAt = new Float64Array(SLOTS);
  #order: Publishing | undefined;
  #middle = "";
  #end = "";
  #sent = 0;
  #answered = 0;
  #turnPending = false;

  constructor(socket: FrameSocket, room: NativeRoom, tally: Tally) {
    this.#socket = socket;
    this.#room = room;
    this.#tally = tally;
  }

  get inFlight(): number {
    return this.#sent - this.#answered;
  }

  start(order: Publishing): void {
    this.#order = order;
    this.#middle = `,"room":${JSON.stringify(this.#room.name)}`;
    this.#end = `,"type":"bench","data":"${fillerOf(order.size)}"}`;
    this.fill();
  }

  stop(): void {
    this.#order = undefined;
  }

  /** Sends as much as may be sent now. */
  fill(): void {
    const order = this.#order;
    if (order === undefined || !this.#socket.isOpen) return;
    if (order.window === null) this.#flood();
    else if (this.inFlight < order.window) this.#refill(order.window, order.batch);
  }

  acknowledge(ref: number, offset: number): void {
    this.#answered += 1;
    this.#tally.acks += 1;
    if (offset > this.#room.acknowledged) this.#room.acknowledged = offset;
    if (this.#order?.window !== null) {
      this.#tally.latencies.add(performance.now() - (this.#sentAt[(ref - FIRST_REF) % SLOTS] ?? 0));
    }
  }

  refuse(ref: number, text: string): void {
    this.#answered += 1;
    this.#tally.faults.add(`publish ${ref - FIRST_REF} into ${this.#room.name} was refused: ${text}`);
  }

  #refill(window: number, batch: boolean): void {
    const now = performance.now();
    const publishes: string[] = [];
    while (this.inFlight < window) {
      this.#sent += 1;
      this.#sentAt[this.#sent % SLOTS] = now;
      publishes.push(this.#text(`,"n":${this.#sent}`));
    }
    this.#tally.sent += publishes.length;
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
      this.#tally.sent += 1;
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
