import { CLOSE, LIMITS } from "@fanfare/protocol";
import type { ServerWebSocket, WebSocketHandler } from "bun";
import type { Hub } from "../hub/hub.ts";
import type { Clock } from "../hub/ports.ts";
import type { Log } from "../telemetry/log.ts";
import { DEFAULT_PATIENCE, Heartbeat, type Patience } from "./heartbeat.ts";
import type { Frame } from "./inlet.ts";
import type { Gate } from "./limits/gate.ts";
import type { Offences } from "./limits/offences.ts";
import type { Pacing } from "./limits/pacing.ts";
import { type Handle, Socket, type SocketData } from "./socket.ts";
import { Turns } from "./turns.ts";

/** Pings and pongs of one connection in one tick of the heartbeat, also where rates are off (SPEC LIMIT-9). */
const CONTROL_FRAMES = 1_000;

export interface SocketsOptions {
  /** Undefined until there is one. */
  readonly hub: () => Hub | undefined;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly offences: Offences;
  /** Undefined where nobody is slowed. */
  readonly pacing: Pacing | undefined;
  readonly log: Log;
  readonly patience?: Patience;
  /** Bytes that may wait for one client; past it Bun cuts the connection (a bare 1006, which resumes). */
  readonly waitingPerClient?: number;
  /** A fault of ours, met while serving a client. */
  readonly onFault: (error: unknown) => void;
}

/** The WebSockets that are open: hands their frames to the dialects, and keeps time with each. */
export class Sockets implements Iterable<Socket> {
  readonly #open = new Set<Socket>();
  readonly #heartbeat: Heartbeat;
  readonly #turns: Turns;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  constructor(private readonly options: SocketsOptions) {
    this.#turns = new Turns(options.clock);
    this.#heartbeat = new Heartbeat(options.patience ?? DEFAULT_PATIENCE);
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): Iterator<Socket> {
    return this.#open.values();
  }

  /** Keeps time no more. */
  stop(): void {
    this.#heartbeat.stop();
  }

  /** What Bun calls. */
  get handler(): WebSocketHandler<SocketData> {
    return {
      maxPayloadLength: LIMITS.frameIn,
      backpressureLimit: this.options.waitingPerClient ?? 1024 * 1024,
      closeOnBackpressureLimit: true,
      idleTimeout: 0,
      sendPings: false,
      perMessageDeflate: false,
      open: (ws) => this.#opened(ws),
      message: ({ data: { socket } }, frame) => {
        if (socket === undefined || socket.closed || socket.leaving) return;
        socket.heardAt = this.#heartbeat.now;
        if (socket.pace !== undefined) {
          socket.pace.frame(Buffer.byteLength(frame));
          if (socket.closed) return;
        }
        socket.inlet.take(frame);
      },
      ping: ({ data: { socket } }) => this.#heard(socket),
      pong: ({ data: { socket } }) => this.#heard(socket),
      drain: ({ data: { socket } }) => {
        if (socket === undefined || socket.closed) return;
        socket.progressAt = this.#heartbeat.now;
        this.#guard(socket, () => socket.session?.writable());
      },
      close: ({ data: { socket } }, code, reason) => {
        if (socket === undefined) return;
        socket.inlet.finish();
        this.#open.delete(socket);
        this.options.gate.left(socket.data.from);
        this.#heartbeat.remove(socket);
        this.#logEnd(socket, code, reason);
        this.#guard(socket, () => socket.ended());
      },
    };
  }

  #opened(ws: ServerWebSocket<SocketData>): void {
    const { gate, pacing, log } = this.options;
    const socket = new Socket(ws, this.#turns, this.#handle, this.#heartbeat.now);
    const { data } = socket;
    data.socket = socket;
    this.#open.add(socket);
    gate.entered(data.from);
    socket.pace = pacing?.begin(socket);
    this.#heartbeat.add(socket);
    const { serial: connection, dialect, from } = data;
    log.debug("connection.opened", { connection, dialect, from });
    this.#guard(socket, () => {
      const hub = this.options.hub();
      if (hub !== undefined) socket.session = data.opening(hub, socket);
    });
  }

  readonly #handle: Handle = (socket, frame) => this.#guard(socket, () => this.#receive(socket, frame));

  #receive(socket: Socket, frame: Frame): void {
    if (typeof frame === "string") {
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

  #heard(socket: Socket | undefined): void {
    if (socket === undefined || socket.closed) return;
    const { now } = this.#heartbeat;
    socket.heardAt = now;
    if (socket.countControl(now) > CONTROL_FRAMES) this.#flooding(socket);
    else socket.pace?.charge("control", 1);
  }

  #flooding(socket: Socket): void {
    const { serial: connection, from } = socket.data;
    const fields = { connection, from, action: "closed" };
    this.options.offences.note("control frames", `closed ${from ?? connection}`, fields);
    socket.close(CLOSE.flooding.code, `${CLOSE.flooding.reason}: control frames`);
  }

  /** Whom we sent away, and why; else what the client said, or that it said nothing. */
  #logEnd(socket: Socket, code: number, reason: string): void {
    const { log } = this.options;
    const { serial: connection, dialect, from } = socket.data;
    const farewell = socket.farewell ?? { code, reason };
    const said = { connection, dialect, from, ...farewell };
    if (farewell.code === CLOSE.stalled.code) log.warn("connection.stalled", said);
    else if (farewell.code === CLOSE.silent.code) log.info("connection.silent", said);
    else if (code === 1006 && socket.farewell === undefined && socket.progressAt < this.#heartbeat.now) {
      // Bun does not say why it cut a connection; this one was behind.
      log.warn("connection.cut", said);
    }
    log.debug("connection.closed", said);
  }

  /** A fault of ours costs its client the connection, and nobody else anything. */
  #guard(socket: Socket, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.onFault(error);
      socket.close(CLOSE.fault.code, CLOSE.fault.reason);
    }
  }
}
