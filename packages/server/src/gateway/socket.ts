import type { CloseFrame } from "@fanfare/protocol";
import type { ServerWebSocket } from "bun";
import type { Session } from "../dialects/dialect.ts";
import type { BlockReason, Charge, ClientSocket } from "../hub/ports.ts";
import type { Drainable } from "./drain.ts";
import type { FairScheduler } from "./fair-scheduler.ts";
import type { HeartbeatSocket } from "./heartbeat.ts";
import { type Frame, type FrameSource, InboundQueue } from "./inbound-queue.ts";
import type { OutboundLimiter, OutboundSocket } from "./limits/outbound-limiter.ts";
import type { RateLimited, RateLimiter } from "./limits/rate-limiter.ts";
import type { PausedSocket, PausedSocketGuard } from "./paused-socket-guard.ts";

/** Opens the dialect's session once the socket is open. */
export type SessionFactory = (socket: ClientSocket) => Session;

/** What Bun keeps with each socket. */
export interface SocketData {
  /** Undefined once it has been called, so that what it holds of the upgrade is let go of. */
  openSession: SessionFactory | undefined;
  /** Which connection of this server it is, counted from 1. */
  readonly serial: number;
  readonly dialect: string;
  /** The client's address; there is none on a unix socket. */
  readonly from?: string;
  socket?: Socket;
}

/** Handles a frame when its turn has come. */
export type FrameHandler = (socket: Socket, frame: Frame) => void;

/** One WebSocket: the hub sends to it, and the gateway keeps the state of its client here. */
export class Socket
  implements ClientSocket, HeartbeatSocket, Drainable, FrameSource, RateLimited, PausedSocket, OutboundSocket
{
  readonly inbound: InboundQueue;
  #session: Session | undefined;
  /** When the client last sent, and last read, something; ms by the heartbeat's clock. */
  receivedAt: number;
  progressAt: number;
  /** Pings and pongs since `#controlsSince`. */
  #controls = 0;
  #controlsSince = 0;
  /** Undefined where rates are off. */
  rateLimiter: RateLimiter | undefined;
  /** The close frame that the server sent, if it did. */
  sentClose: CloseFrame | undefined;
  /** Whether the session's `closed` was called. */
  #closed = false;
  #isCutOff = false;
  #isReceiving = true;

  constructor(
    private readonly ws: ServerWebSocket<SocketData>,
    scheduler: FairScheduler,
    private readonly pausedGuard: PausedSocketGuard,
    private readonly outbound: OutboundLimiter,
    private readonly onFrame: FrameHandler,
    now: number,
  ) {
    this.inbound = new InboundQueue(this, scheduler);
    this.receivedAt = now;
    this.progressAt = now;
  }

  get data(): SocketData {
    return this.ws.data;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** The socket may have been closed while its session was being made. */
  set session(session: Session) {
    this.#session = session;
    if (this.#closed) session.closed();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether frames of the client are still handled. */
  get isReceiving(): boolean {
    return this.#isReceiving && !this.#closed;
  }

  /** Whether it was terminated because too much waited for its client. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  get #isOpen(): boolean {
    return !this.#closed && !this.#isCutOff;
  }

  get buffered(): number {
    return this.#isOpen ? this.ws.getBufferedAmount() : 0;
  }

  get isBlocked(): boolean {
    return this.inbound.isBlocked;
  }

  send(frame: string): void {
    if (this.#isOpen) this.#checkSent(this.ws.sendText(frame), frame);
  }

  sendBinary(frame: Uint8Array): void {
    if (this.#isOpen) this.#checkSent(this.ws.sendBinary(frame), frame);
  }

  subscribe(topic: string): void {
    if (this.#isOpen) this.ws.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#isOpen) this.ws.unsubscribe(topic);
  }

  isSubscribed(topic: string): boolean {
    return this.#isOpen && this.ws.isSubscribed(topic);
  }

  /** Sends an unsolicited pong (RFC 6455 section 5.5.3): Bun sends published frames before a frame of the socket's own. */
  flush(): void {
    if (this.#isOpen) this.ws.pong();
  }

  block(reason: BlockReason | "rate"): void {
    if (!this.#closed) this.inbound.block(reason);
  }

  unblock(reason: BlockReason | "rate"): void {
    this.inbound.unblock(reason);
  }

  pauseReading(): void {
    if (!this.#isOpen) return;
    this.ws.pause();
    this.pausedGuard.add(this);
  }

  resumeReading(): void {
    if (this.#isOpen) this.ws.resume();
  }

  handle(frame: Frame): void {
    // Goes on in `Sockets.#onFrame`, which hands the frame to the session.
    if (this.isReceiving) this.onFrame(this, frame);
  }

  charge(what: Charge, amount: number): void {
    this.rateLimiter?.charge(what, amount);
  }

  named(user: string, proven: boolean): void {
    this.rateLimiter?.setUser(user, proven);
  }

  /** Counts a ping or pong. @returns how many have come at this time, by the heartbeat's coarse clock */
  countControl(now: number): number {
    if (now !== this.#controlsSince) this.#controls = 0;
    this.#controlsSince = now;
    return ++this.#controls;
  }

  announceClose(delay: number): void {
    if (!this.#closed) this.#session?.closing?.(delay);
  }

  stopReceiving(): void {
    this.#isReceiving = false;
    // A socket that is closed with unread bytes is reset (RFC 1122 section 4.2.2.13), and frames sent last may be lost.
    this.inbound.discard();
  }

  ping(): void {
    if (this.#isOpen) this.ws.ping();
  }

  /** Terminates a socket past a bound, and drops what waits: the client reconnects and resumes. */
  cutOff(): void {
    if (!this.#isOpen) return;
    this.#isCutOff = true;
    this.ws.terminate();
  }

  /** Sends what waits, then the close frame, as far as the client reads them. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.sentClose = { code, reason };
    this.inbound.discard();
    this.onClose();
    this.ws.close(code, reason);
  }

  /** Called when the socket is closed or closing. Ends the session, once. */
  onClose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.rateLimiter?.end();
    this.#session?.closed();
  }

  /** @param result 0: Bun has dropped the frame, or the frame is empty; -1: the frame waits */
  #checkSent(result: number, frame: string | Uint8Array): void {
    if (result === 0 && frame.length > 0) this.cutOff();
    else if (result === -1) this.outbound.onWaiting(Buffer.byteLength(frame));
  }
}
