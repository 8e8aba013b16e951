import type { CloseFrame } from "@fanfare/protocol";
import type { ServerWebSocket } from "bun";
import type { Session } from "../dialects/dialect.ts";
import type { Hub } from "../hub/hub.ts";
import type { Charge, ClientSocket } from "../hub/ports.ts";
import type { Departing } from "./departure.ts";
import type { Patient } from "./heartbeat.ts";
import { type Frame, Inlet, type Source } from "./inlet.ts";
import type { Pace } from "./limits/pace.ts";
import type { Paced } from "./limits/pacing.ts";
import type { Turns } from "./turns.ts";
import type { Behind, Unread } from "./unread.ts";

/** Opens the dialect's session once the socket is there. */
export type Opening = (hub: Hub, link: ClientSocket) => Session;

/** What Bun keeps with each socket. */
export interface SocketData {
  readonly opening: Opening;
  /** Which connection of this server it is, counted from 1. */
  readonly serial: number;
  readonly dialect: string;
  /** The client's address; there is none on a unix socket. */
  readonly from?: string;
  socket?: Socket;
}

/** What is done with a frame once it is its turn. */
export type Handle = (socket: Socket, frame: Frame) => void;

/** One WebSocket: the link that the hub holds, and what the gateway knows of its health. */
export class Socket implements ClientSocket, Patient, Departing, Paced, Source, Behind {
  readonly inlet: Inlet;
  #session: Session | undefined;
  /** When the client was last heard, and last took something; ms by the gateway's clock. */
  heardAt: number;
  progressAt: number;
  /** Pings and pongs since `#controlsSince`. */
  #controls = 0;
  #controlsSince = 0;
  /** How fast the client may send; undefined where rates are off. */
  pace: Pace | undefined;
  /** What the server said, once it has said goodbye. */
  farewell: CloseFrame | undefined;
  #closed = false;
  #isOverrun = false;
  /** Nothing that the client says is taken in any more. */
  leaving = false;

  constructor(
    private readonly ws: ServerWebSocket<SocketData>,
    turns: Turns,
    private readonly unread: Unread,
    private readonly handle: Handle,
    now: number,
  ) {
    this.inlet = new Inlet(this, turns);
    this.heardAt = now;
    this.progressAt = now;
  }

  get data(): SocketData {
    return this.ws.data;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** The link may have been closed while its session was being made. */
  set session(session: Session) {
    this.#session = session;
    if (this.#closed) session.closed();
  }

  get closed(): boolean {
    return this.#closed;
  }

  get buffered(): number {
    return this.#closed ? 0 : this.ws.getBufferedAmount();
  }

  get paused(): boolean {
    return this.inlet.paused;
  }

  send(frame: string): void {
    if (!this.#closed) this.#sent(this.ws.sendText(frame), frame);
  }

  sendBinary(frame: Uint8Array): void {
    if (!this.#closed) this.#sent(this.ws.sendBinary(frame), frame);
  }

  subscribe(topic: string): void {
    if (!this.#closed) this.ws.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (!this.#closed) this.ws.unsubscribe(topic);
  }

  pause(): void {
    if (!this.#closed && !this.leaving) this.inlet.stop();
  }

  resume(): void {
    this.inlet.go();
  }

  hold(): void {
    if (!this.#closed && !this.leaving) this.inlet.hold();
  }

  release(): void {
    this.inlet.release();
  }

  stopReading(): void {
    if (this.#closed) return;
    this.ws.pause();
    this.unread.add(this);
  }

  readOn(): void {
    if (!this.#closed) this.ws.resume();
  }

  carryOut(frame: Frame): void {
    if (!this.#closed && !this.leaving) this.handle(this, frame);
  }

  charge(what: Charge, amount: number): void {
    this.pace?.charge(what, amount);
  }

  /** Guests of other machines may go by the same name. */
  named(user: string, proven: boolean): void {
    this.pace?.named(proven ? user : `${this.data.from ?? ""} ${user}`);
  }

  /** One more ping or pong. @returns how many have come at this time, by the gateway's coarse clock */
  countControl(now: number): number {
    if (now !== this.#controlsSince) this.#controls = 0;
    this.#controlsSince = now;
    return ++this.#controls;
  }

  announce(delay: number): void {
    if (!this.#closed) this.#session?.closing?.(delay);
  }

  leave(): void {
    this.leaving = true;
    // Read on: a socket that is closed with something unread is reset, and what was sent last may be lost.
    this.inlet.open();
  }

  ping(): void {
    if (!this.#closed) this.ws.ping();
  }

  /** More waits for the client than may: it comes back, and resumes. */
  overrun(): void {
    if (this.#isOverrun) return;
    this.#isOverrun = true;
    // Not within the step that sends.
    queueMicrotask(() => this.ws.terminate());
  }

  /** Says goodbye: the client gets what waits for it, then the code, if it takes them. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.farewell = { code, reason };
    // Unread, it would not be heard that the client goes as well.
    this.inlet.open();
    this.ended();
    this.ws.close(code, reason);
  }

  /** The socket is gone, or as good as gone: the session hears of it once. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pace?.end();
    this.#session?.closed();
  }

  /** @param result 0: Bun has dropped it, or it is empty */
  #sent(result: number, { length }: Frame | Uint8Array): void {
    if (result === 0 && length > 0) this.overrun();
  }
}
