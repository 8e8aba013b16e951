import { CLOSE, LIMITS, SUBPROTOCOL } from "@fanfare/protocol";
import type { Server } from "bun";
import { native } from "../dialects/native/native.ts";
import type { Hub } from "../hub/hub.ts";
import type { Broadcast } from "../hub/ports.ts";
import { DEFAULT_PATIENCE, Heartbeat, type Patience } from "./heartbeat.ts";
import { findMount, type Mount } from "./mounts.ts";
import { Socket, type SocketData } from "./socket.ts";

export interface GatewayOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly mounts: readonly Mount[];
  readonly patience?: Patience;
  /** Bytes that may wait for one client; past it Bun cuts the connection (a bare 1006, which resumes). */
  readonly waitingPerClient?: number;
  /** A fault of ours, met while serving a client. */
  readonly onFault: (error: unknown) => void;
}

/** The only room that touches sockets: listens, upgrades, keeps time, and hands frames to the dialects. */
export class Gateway implements Broadcast {
  readonly #server: Server<SocketData>;
  readonly #heartbeat: Heartbeat;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #hub: Hub | undefined;

  /** @throws what Bun throws where it cannot listen, with its `code`. */
  constructor(private readonly options: GatewayOptions) {
    this.#heartbeat = new Heartbeat(options.patience ?? DEFAULT_PATIENCE);
    this.#server = Bun.serve<SocketData>({
      hostname: options.host,
      port: options.port,
      fetch: (request, server) => this.#fetch(request, server),
      error: (error) => {
        options.onFault(error);
        return json(500, { error: "internal error" });
      },
      websocket: {
        maxPayloadLength: LIMITS.frameIn,
        backpressureLimit: options.waitingPerClient ?? 1024 * 1024,
        closeOnBackpressureLimit: true,
        idleTimeout: 0,
        sendPings: false,
        perMessageDeflate: false,
        open: (ws) => {
          const socket = new Socket(ws, this.#heartbeat.now);
          ws.data.socket = socket;
          this.#heartbeat.add(socket);
          this.#guard(socket, () => {
            if (this.#hub !== undefined) socket.session = ws.data.opening(this.#hub, socket);
          });
        },
        message: (ws, frame) => {
          const { socket } = ws.data;
          if (socket === undefined || socket.closed) return;
          socket.heardAt = this.#heartbeat.now;
          this.#guard(socket, () => this.#receive(socket, frame));
        },
        ping: (ws) => this.#heard(ws.data.socket),
        pong: (ws) => this.#heard(ws.data.socket),
        drain: (ws) => {
          const { socket } = ws.data;
          if (socket === undefined || socket.closed) return;
          socket.progressAt = this.#heartbeat.now;
          this.#guard(socket, () => socket.session?.writable());
        },
        close: (ws) => {
          const { socket } = ws.data;
          if (socket === undefined) return;
          this.#heartbeat.remove(socket);
          this.#guard(socket, () => socket.ended());
        },
      },
    });
  }

  get url(): URL {
    return this.#server.url;
  }

  /** Sockets that are open now. */
  get connections(): number {
    return this.#heartbeat.count;
  }

  /** Until a hub is there, upgrades are answered with 503. */
  serve(hub: Hub): void {
    this.#hub = hub;
  }

  publish(topic: string, frame: string): void {
    this.#server.publish(topic, frame);
  }

  /** Stops listening and ends every connection with 1001. */
  async stop(): Promise<void> {
    this.#heartbeat.close(CLOSE.goingAway);
    await this.#server.stop(true);
    this.#heartbeat.stop();
  }

  #fetch(request: Request, server: Server<SocketData>): Response | undefined {
    const url = new URL(request.url);
    if (url.pathname === "/health") return this.#health();
    const found = findMount(this.options.mounts, url.pathname);
    if (found === undefined) return json(404, { error: "not found" });
    if (found === "malformed")
      return json(400, { error: "the room in the path is not percent-encoded UTF-8" });
    const { mount, name } = found;
    const offered = request.headers.get("sec-websocket-protocol");
    const speaksNative = offered?.split(",").some((each) => each.trim() === SUBPROTOCOL) ?? false;
    if (offered !== null && !speaksNative) {
      return json(400, { error: `unknown subprotocol; ${SUBPROTOCOL} is spoken here, or none` });
    }
    const dialect = speaksNative ? native : mount.dialect;
    const admission = dialect.admit({ name, query: url.searchParams, prefix: mount.prefix });
    if (!admission.ok) return json(admission.status, { error: admission.error });
    if (this.#hub === undefined) return json(503, { error: "starting" });
    const headers = speaksNative ? { "sec-websocket-protocol": SUBPROTOCOL } : undefined;
    const data: SocketData = { opening: (hub, link) => admission.open(hub, link) };
    if (server.upgrade(request, { data, ...(headers && { headers }) })) return undefined;
    return json(426, { error: "this is a WebSocket address" }, { upgrade: "websocket" });
  }

  #health(): Response {
    const health = this.#hub?.health ?? { ok: false, reason: "starting" };
    return health.ok
      ? json(200, { status: "ok" })
      : json(503, { status: "unavailable", reason: health.reason });
  }

  #receive(socket: Socket, frame: string | Buffer): void {
    if (typeof frame === "string") {
      socket.session?.receive(frame);
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
    if (socket !== undefined) socket.heardAt = this.#heartbeat.now;
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

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}
