import type { CloseFrame } from "@fanfare/protocol";
import type { ServerWebSocket } from "bun";
import type { Session } from "../dialects/dialect.ts";
import type { Hub } from "../hub/hub.ts";
import type { Charge, Link } from "../hub/ports.ts";
import type { Departing } from "./departure.ts";
import type { Patient } from "./heartbeat.ts";
import type { Pace } from "./limits/pace.ts";
import type { Paced } from "./limits/pacing.ts";

/** Opens the dialect's session once the socket is there. */
export type Opening = (hub: Hub, link: Link) => Session;

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

/** One WebSocket: the link that the hub holds, and what the gateway knows of its health. */
export class Socket implements Link, Patient, Departing, Paced {
  #session: Session | undefined;
  /** When the client was last heard, and last took something; ms by the gateway's clock. */
  heardAt: number;
  progressAt: number;
  /** How fast the client may send; undefined where rates are off. */
  pace: Pace | undefined;
  /** Not read by the hub's wish; not read for its pace. */
  #stopped = false;
  #held = false;
  /** What the server said, once it has said goodbye. */
  farewell: CloseFrame | undefined;
  #closed = false;
  /** Nothing that the client says is taken in any more. */
  leaving = false;

  constructor(
    private readonly ws: ServerWebSocket<SocketData>,
    now: number,
  ) {
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
    return this.#stopped || this.#held;
  }

  send(frame: string): void {
    if (!this.#closed) this.ws.sendText(frame);
  }

  sendBinary(frame: Uint8Array): void {
    if (!this.#closed) this.ws.sendBinary(frame);
  }

  subscribe(topic: string): void {
    if (!this.#closed) this.ws.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (!this.#closed) this.ws.unsubscribe(topic);
  }

  pause(): void {
    if (this.leaving) return;
    this.#stopped = true;
    if (!this.#closed) this.ws.pause();
  }

  resume(): void {
    this.#stopped = false;
    if (!this.#closed && !this.#held) this.ws.resume();
  }

  hold(): void {
    if (this.leaving) return;
    this.#held = true;
    if (!this.#closed) this.ws.pause();
  }

  release(): void {
    this.#held = false;
    if (!this.#closed && !this.#stopped) this.ws.resume();
  }

  charge(what: Charge, amount: number): void {
    this.pace?.charge(what, amount);
  }

  /** Guests of other machines may go by the same name. */
  named(user: string, proven: boolean): void {
    this.pace?.named(proven ? user : `${this.data.from ?? ""} ${user}`);
  }

  announce(delay: number): void {
    if (!this.#closed) this.#session?.closing?.(delay);
  }

  leave(): void {
    this.leaving = true;
    this.release();
    // Read on: a socket that is closed with something unread is reset, and what was sent last may be lost.
    this.resume();
  }

  ping(): void {
    if (!this.#closed) this.ws.ping();
  }

  /** Without a goodbye. */
  cutOff(): void {
    this.ws.terminate();
  }

  /** Says goodbye: the client gets what waits for it, then the code, if it takes them. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.farewell = { code, reason };
    this.ended();
    // Unread, it would not be heard that the client goes as well.
    if (this.paused) this.ws.resume();
    this.ws.close(code, reason);
  }

  /** The socket is gone, or as good as gone: the session hears of it once. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pace?.end();
    this.#session?.closed();
  }
}
