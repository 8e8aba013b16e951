import type { ServerWebSocket } from "bun";
import type { Session } from "../dialects/dialect.ts";
import type { Hub } from "../hub/hub.ts";
import type { Link } from "../hub/ports.ts";
import type { Patient } from "./heartbeat.ts";

/** Opens the dialect's session once the socket is there. */
export type Opening = (hub: Hub, link: Link) => Session;

/** What Bun keeps with each socket. */
export interface SocketData {
  readonly opening: Opening;
  socket?: Socket;
}

/** One WebSocket: the link that the hub holds, and what the gateway knows of its health. */
export class Socket implements Link, Patient {
  #session: Session | undefined;
  /** When the client was last heard, and last took something; ms by the gateway's clock. */
  heardAt: number;
  progressAt: number;
  paused = false;
  #closed = false;

  constructor(
    private readonly ws: ServerWebSocket<SocketData>,
    now: number,
  ) {
    this.heardAt = now;
    this.progressAt = now;
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

  send(frame: string): void {
    if (!this.#closed) this.ws.sendText(frame);
  }

  subscribe(topic: string): void {
    if (!this.#closed) this.ws.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (!this.#closed) this.ws.unsubscribe(topic);
  }

  pause(): void {
    this.paused = true;
    if (!this.#closed) this.ws.pause();
  }

  resume(): void {
    this.paused = false;
    if (!this.#closed) this.ws.resume();
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
    this.ended();
    this.ws.close(code, reason);
  }

  /** The socket is gone, or as good as gone: the session hears of it once. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session?.closed();
  }
}
