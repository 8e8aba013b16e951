import { CLOSE, LIMITS } from "@fanfare/protocol";
import type { Server } from "bun";
import { type Listen, speaksTls } from "../config/config.ts";
import type { Hub } from "../hub/hub.ts";
import type { Broadcast, Clock } from "../hub/ports.ts";
import type { Fields, Log } from "../telemetry/log.ts";
import { bareFault } from "./answer-headers.ts";
import { depart, returnWithin } from "./departure.ts";
import { Doorway } from "./doorway.ts";
import { DEFAULT_PATIENCE, Heartbeat, type Patience } from "./heartbeat.ts";
import { Hosts } from "./hosts.ts";
import type { HttpAnswers } from "./http-handler.ts";
import { json } from "./json.ts";
import { clientAddress } from "./limits/client-address.ts";
import { Gate, type Overload } from "./limits/gate.ts";
import type { Networks } from "./limits/network.ts";
import { Offences } from "./limits/offences.ts";
import { Pacing } from "./limits/pacing.ts";
import type { Rates } from "./limits/rates.ts";
import { Listener } from "./listener.ts";
import type { Mount } from "./mounts.ts";
import { Origins } from "./origins.ts";
import { Reception } from "./reception.ts";
import { Socket, type SocketData } from "./socket.ts";

export interface GatewayOptions extends HttpAnswers {
  readonly listen: Listen;
  readonly mounts: readonly Mount[];
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded: spreads what must not happen at once. */
  readonly random: () => number;
  readonly log: Log;
  /** From where browsers are admitted. */
  readonly origins?: Origins;
  /** By which names it may be called, beside the usual ones. */
  readonly hosts?: readonly string[];
  /** Says who asks; unless given, everyone is a guest. */
  readonly reception?: Reception;
  readonly patience?: Patience;
  /** WebSockets: in all, and of one address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Unless given, nobody is slowed. */
  readonly rates?: Rates;
  readonly proxies: Networks;
  /** Bytes that may wait for one client; past it Bun cuts the connection (a bare 1006, which resumes). */
  readonly waitingPerClient?: number;
  /** What travels when the server stops gets so many ms to arrive. */
  readonly farewellMs?: number;
  /** Told of each upgrade that is refused; unless given, the log is. */
  readonly refused?: (fields: Fields) => void;
  /** A fault of ours, met while serving a client. */
  readonly onFault: (error: unknown) => void;
}

const FAREWELL = 100;
const HEALTH = /^[a-z]+:\/\/[^/?#]*\/health(\?|$)/i;

/** The only room that touches sockets: listens, upgrades, keeps time, and hands frames to the dialects. */
export class Gateway implements Broadcast {
  readonly #heartbeat: Heartbeat;
  readonly #sockets = new Set<Socket>();
  readonly #doorway: Doorway;
  readonly #gate: Gate;
  readonly #pacing: Pacing | undefined;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #listener: Listener | undefined;
  #hub: Hub | undefined;
  #serial = 0;

  /** @throws {ListenError}, or what Bun throws where it cannot listen, with its `code`. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options);
    try {
      gateway.#listener = await Listener.open(options.listen, gateway.#handlers());
      return gateway;
    } catch (error) {
      gateway.#heartbeat.stop();
      throw error;
    }
  }

  private constructor(private readonly options: GatewayOptions) {
    const {
      origins = new Origins([], speaksTls(options.listen)),
      reception = new Reception(origins),
      hosts = [],
      listen,
    } = options;
    const { log, clock, rates } = options;
    const offences = new Offences(log, () => clock.now());
    this.#gate = new Gate({ ...options, offences });
    this.#pacing = rates && new Pacing(rates, clock, offences);
    this.#heartbeat = new Heartbeat(options.patience ?? DEFAULT_PATIENCE);
    this.#doorway = new Doorway({
      ...options,
      refused: options.refused ?? ((fields) => options.log.info("upgrade.refused", fields)),
      origins,
      reception,
      hosts: new Hosts(hosts, listen),
      tls: speaksTls(listen),
      hub: () => this.#hub,
    });
  }

  get url(): URL {
    return this.#listening.url;
  }

  /** Sockets that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Until a hub is there, upgrades are answered with 503. */
  serve(hub: Hub): void {
    this.#hub = hub;
  }

  publish(topic: string, frame: string): void {
    this.#listener?.publish(topic, frame);
  }

  /** Reads the certificate again; whatever is wrong with the new one is logged, and the old one stays. */
  reload(): void {
    const { log } = this.options;
    try {
      const certificate = this.#listening.reload();
      if (certificate !== undefined) log.info("tls.reloaded", { validTo: certificate.validTo });
    } catch (error) {
      log.error("tls.unchanged", { error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Lets nobody in, sends everyone away, and then lets go of the port. Takes 6 s at most. */
  async stop(): Promise<void> {
    const everyone = [...this.#sockets];
    this.#doorway.close(returnWithin(everyone.length));
    await depart(everyone, {
      clock: this.options.clock,
      random: this.options.random,
      settled: () => this.#hub?.settled() ?? Promise.resolve(),
      grace: this.options.farewellMs ?? FAREWELL,
    });
    for (const socket of this.#sockets) socket.close(CLOSE.goingAway.code, CLOSE.goingAway.reason);
    await this.#listening.stop();
    this.#heartbeat.stop();
  }

  get #listening(): Listener {
    if (this.#listener === undefined) throw new Error("the gateway does not listen");
    return this.#listener;
  }

  #handlers() {
    return {
      fetch: (request: Request, server: Server<SocketData>) =>
        this.#fetch(request, server).catch((error) => this.#doorway.finish(this.#fault(error), request)),
      error: (error: Error) => this.#fault(error),
      websocket: {
        maxPayloadLength: LIMITS.frameIn,
        backpressureLimit: this.options.waitingPerClient ?? 1024 * 1024,
        closeOnBackpressureLimit: true,
        idleTimeout: 0,
        sendPings: false,
        perMessageDeflate: false,
        open: (ws) => this.#open(new Socket(ws, this.#heartbeat.now)),
        message: ({ data: { socket } }, frame) => {
          if (socket === undefined || socket.closed || socket.leaving) return;
          socket.heardAt = this.#heartbeat.now;
          if (socket.pace !== undefined) {
            socket.pace.frame(Buffer.byteLength(frame));
            if (socket.closed) return;
          }
          this.#guard(socket, () => this.#receive(socket, frame));
        },
        ping: (ws) => this.#heard(ws.data.socket),
        pong: (ws) => this.#heard(ws.data.socket),
        drain: ({ data: { socket } }) => {
          if (socket === undefined || socket.closed) return;
          socket.progressAt = this.#heartbeat.now;
          this.#guard(socket, () => socket.session?.writable());
        },
        close: ({ data: { socket } }, code, reason) => {
          if (socket === undefined) return;
          this.#sockets.delete(socket);
          this.#gate.left(socket.data.from);
          this.#heartbeat.remove(socket);
          this.#logEnd(socket, code, reason);
          this.#guard(socket, () => socket.ended());
        },
      },
    } satisfies Parameters<typeof Listener.open>[1];
  }

  /** Whatever went wrong is logged; nothing of it reaches the client. */
  #fault(error: unknown): Response {
    this.options.onFault(error);
    return bareFault();
  }

  async #fetch(request: Request, server: Server<SocketData>): Promise<Response | undefined> {
    const from = clientAddress(server.requestIP(request)?.address, request.headers, this.options.proxies);
    const overload = this.#overload(request, from);
    if (overload !== undefined) return this.#doorway.finish(tooMuch(overload), request);
    const admitted = await this.#doorway.admit(request);
    if (!("opening" in admitted)) return admitted;
    const { headers, dialect, opening } = admitted;
    const data: SocketData = { opening, serial: ++this.#serial, dialect, ...(from && { from }) };
    // Judging it may have taken a while, in which others came.
    const full = this.#gate.full(from);
    if (full !== undefined) return this.#doorway.finish(tooMuch(full), request);
    if (server.upgrade(request, { data, headers })) return undefined;
    return this.#doorway.finish(
      json(426, { error: "this is a WebSocket address" }, { upgrade: "websocket" }),
      request,
    );
  }

  /** Health is told to everyone: whoever looks after the server asks for it when it is busiest. */
  #overload(request: Request, from: string | undefined): Overload | undefined {
    if (request.headers.has("upgrade")) return this.#gate.handshake(from);
    return HEALTH.test(request.url) ? undefined : this.#gate.http(from);
  }

  #open(socket: Socket): void {
    const { data } = socket;
    data.socket = socket;
    this.#sockets.add(socket);
    this.#gate.entered(data.from);
    socket.pace = this.#pacing?.begin(socket);
    this.#heartbeat.add(socket);
    const { serial: connection, dialect, from } = data;
    this.options.log.debug("connection.opened", { connection, dialect, from });
    this.#guard(socket, () => {
      if (this.#hub !== undefined) socket.session = data.opening(this.#hub, socket);
    });
  }

  #receive(socket: Socket, frame: string | Buffer): void {
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
    if (socket === undefined) return;
    socket.heardAt = this.#heartbeat.now;
    socket.pace?.charge("control", 1);
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

function tooMuch({ status, error, retryAfter }: Overload): Response {
  return json(status, { error }, { "retry-after": String(retryAfter), connection: "close" });
}
