import { CLOSE } from "@fanfare/protocol";
import type { ServerWebSocket, WebSocketHandler } from "bun";
import type { Limits } from "../config/limits.ts";
import type { Clock } from "../hub/ports.ts";
import type { Log } from "../telemetry/log.ts";
import { ThrottledLog } from "../telemetry/throttled-log.ts";
import { FairScheduler } from "./fair-scheduler.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Frame } from "./inbound-queue.ts";
import type { ConnectionLimiter } from "./limits/connection-limiter.ts";
import type { LimitLog } from "./limits/limit-log.ts";
import { OutboundLimiter } from "./limits/outbound-limiter.ts";
import { RateLimiter, type RateLimiterOptions } from "./limits/rate-limiter.ts";
import { PausedSocketGuard } from "./paused-socket-guard.ts";
import { type FrameHandler, Socket, type SocketData } from "./socket.ts";

/** Pings and pongs of one connection in one tick of the heartbeat, also where rates are off (SPEC LIMIT-9). */
const CONTROL_FRAMES = 1_000;

export interface SocketsOptions {
  readonly clock: Clock;
  readonly limiter: ConnectionLimiter;
  readonly limitLog: LimitLog;
  /** Undefined where rates are off. */
  readonly rateLimiting: RateLimiterOptions | undefined;
  readonly log: Log;
  readonly limits: Limits;
  /** A fault of the server, met while serving a client. */
  readonly onFault: (error: unknown) => void;
}

/** The WebSockets that are open: hands their frames to their sessions, and runs their heartbeat. */
export class Sockets implements Iterable<Socket> {
  readonly #open = new Set<Socket>();
  readonly #heartbeat: Heartbeat;
  readonly #scheduler: FairScheduler;
  readonly #pausedGuard: PausedSocketGuard;
  readonly #outbound: OutboundLimiter;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #throttledLog: ThrottledLog;

  constructor(private readonly options: SocketsOptions) {
    const { clock, limits, limitLog, log } = options;
    this.#scheduler = new FairScheduler(clock);
    this.#pausedGuard = new PausedSocketGuard((limits.waitingPerClient * 2) / 3);
    this.#outbound = new OutboundLimiter(this.#open, limits.waitingPerNode, clock, limitLog);
    this.#heartbeat = new Heartbeat(limits);
    this.#throttledLog = new ThrottledLog(log, () => clock.now());
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): Iterator<Socket> {
    return this.#open.values();
  }

  /** To be called before a frame is published to the sockets that are subscribed to a topic. */
  beforePublish(topic: string, frame: string, subscribers: number): void {
    this.#pausedGuard.beforePublish(frame.length);
    this.#outbound.beforePublish(topic, Buffer.byteLength(frame), subscribers);
  }

  /** Ends the heartbeat. */
  stop(): void {
    this.#heartbeat.stop();
  }

  /** The callbacks of Bun's server. */
  get handler(): WebSocketHandler<SocketData> {
    const { frameIn, waitingPerClient } = this.options.limits;
    return {
      maxPayloadLength: frameIn,
      // Past it Bun cuts the connection: a bare 1006, which resumes.
      backpressureLimit: waitingPerClient,
      closeOnBackpressureLimit: true,
      idleTimeout: 0,
      sendPings: false,
      perMessageDeflate: false,
      open: (ws) => this.#onOpen(ws),
      message: ({ data: { socket } }, frame) => {
        if (socket?.isReceiving !== true) return;
        socket.receivedAt = this.#heartbeat.now;
        if (socket.rateLimiter !== undefined) {
          socket.rateLimiter.chargeFrame(Buffer.byteLength(frame));
          if (socket.closed) return;
        }
        socket.inbound.receive(frame);
      },
      ping: ({ data: { socket } }) => this.#onControl(socket),
      pong: ({ data: { socket } }) => this.#onControl(socket),
      drain: ({ data: { socket } }) => {
        if (socket === undefined || socket.closed) return;
        socket.progressAt = this.#heartbeat.now;
        this.#guard(socket, () => socket.session?.writable());
      },
      close: ({ data: { socket } }, code, reason) => {
        if (socket === undefined) return;
        // A cut-off happens while the hub sends; ending the session at once would change rooms within that step.
        if (socket.isCutOff) queueMicrotask(() => this.#onClose(socket, code, reason));
        else this.#onClose(socket, code, reason);
      },
    };
  }

  #onClose(socket: Socket, code: number, reason: string): void {
    socket.inbound.finish();
    this.#open.delete(socket);
    this.#pausedGuard.remove(socket);
    this.options.limiter.onClose(socket.data.from);
    this.#heartbeat.remove(socket);
    this.#logClose(socket, code, reason);
    this.#guard(socket, () => socket.onClose());
  }

  #onOpen(ws: ServerWebSocket<SocketData>): void {
    const { limiter, rateLimiting, log } = this.options;
    const socket = new Socket(
      ws,
      this.#scheduler,
      this.#pausedGuard,
      this.#outbound,
      this.#onFrame,
      this.#heartbeat.now,
    );
    const { data } = socket;
    data.socket = socket;
    this.#open.add(socket);
    limiter.onOpen(data.from);
    if (rateLimiting !== undefined) socket.rateLimiter = new RateLimiter(socket, rateLimiting);
    this.#heartbeat.add(socket);
    const { serial: connection, dialect, from } = data;
    log.debug("connection.opened", { connection, dialect, from });
    this.#guard(socket, () => {
      const { openSession } = data;
      data.openSession = undefined;
      if (openSession !== undefined) socket.session = openSession(socket);
    });
  }

  readonly #onFrame: FrameHandler = (socket, frame) =>
    this.#guard(socket, () => this.#receive(socket, frame));

  #receive(socket: Socket, frame: Frame): void {
    if (typeof frame === "string") {
      // Goes on in the dialect: e.g. `NativeSession.receive`.
      socket.session?.receive(frame);
      return;
    }
    if (socket.session?.receiveBinary !== undefined) {
      socket.session.receiveBinary(frame);
      return;
    }
    let text: string;
    try {
      text = this.#decoder.decode(frame);
    } catch {
      socket.close(CLOSE.badData.code, "a binary frame must be UTF-8 text");
      return;
    }
    socket.session?.receive(text);
  }

  #onControl(socket: Socket | undefined): void {
    if (socket === undefined || socket.closed) return;
    const { now } = this.#heartbeat;
    socket.receivedAt = now;
    if (socket.countControl(now) > CONTROL_FRAMES) this.#closeFlooding(socket);
    else socket.rateLimiter?.charge("control", 1);
  }

  #closeFlooding(socket: Socket): void {
    const { serial: connection, from } = socket.data;
    const fields = { connection, from, action: "closed" };
    this.options.limitLog.record("control frames", `closed ${from ?? connection}`, fields);
    socket.close(CLOSE.flooding.code, `${CLOSE.flooding.reason}: control frames`);
  }

  /** Logs the close frame that the server sent, else that of the client, or that there was none (1006). */
  #logClose(socket: Socket, code: number, reason: string): void {
    const log = this.#throttledLog;
    const { serial: connection, dialect, from } = socket.data;
    // Throttled by address: a client can cause a line with every connection.
    const key = from ?? "";
    const close = socket.sentClose ?? { code, reason };
    const fields = { connection, dialect, from, ...close };
    if (close.code === CLOSE.stalled.code) log.warn("connection.stalled", key, fields);
    else if (close.code === CLOSE.silent.code) log.info("connection.silent", key, fields);
    else if (
      socket.isCutOff ||
      (code === 1006 && !socket.sentClose && socket.progressAt < this.#heartbeat.now)
    ) {
      // Bun gives no reason for a cut; here the client had not read everything.
      log.warn("connection.cut", key, fields);
    }
    this.options.log.debug("connection.closed", fields);
  }

  /** A fault of the server closes the connection that met it, and no other. */
  #guard(socket: Socket, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.onFault(error);
      socket.close(CLOSE.fault.code, CLOSE.fault.reason);
    }
  }
}
