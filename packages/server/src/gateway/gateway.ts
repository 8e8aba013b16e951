import { CLOSE } from "@fanfare/protocol";
import type { Server } from "bun";
import { type Listen, tlsOf } from "../config/config.ts";
import type { Limits, RateLimits } from "../config/limits.ts";
import type { Broadcast, Clock } from "../hub/ports.ts";
import type { Log } from "../telemetry/log.ts";
import { drain, reconnectWithin } from "./drain.ts";
import type { Hosts } from "./hosts.ts";
import { json } from "./json.ts";
import { clientAddress } from "./limits/client-address.ts";
import { ConnectionLimiter, type Overload } from "./limits/connection-limiter.ts";
import { LimitLog } from "./limits/limit-log.ts";
import type { Networks } from "./limits/network.ts";
import { SharedRates } from "./limits/shared-rates.ts";
import { UntrustedProxyWarning } from "./limits/untrusted-proxy-warning.ts";
import { Listener } from "./listener.ts";
import { boundConnections, logLoweredConnections, OpenFileWatch } from "./open-files.ts";
import type { Origins } from "./origins.ts";
import type { RequestHandler } from "./request-handler.ts";
import { internalError, ResponseHeaders } from "./response-headers.ts";
import type { SocketData } from "./socket.ts";
import { SocketBroadcast } from "./socket-broadcast.ts";
import { Sockets } from "./sockets.ts";
import { defaultWaitingPerNode } from "./usable-memory.ts";

export interface GatewayOptions {
  readonly listen: Listen;
  readonly clock: Clock;
  /** From 0 to 1, 1 excluded: spreads reconnects over time. */
  readonly random: () => number;
  readonly log: Log;
  readonly origins: Origins;
  readonly hosts: Hosts;
  readonly limits: Limits;
  /** Left out, rates are off. */
  readonly rateLimits?: RateLimits;
  readonly proxies: Networks;
  /** Ms for frames to arrive before the first and after the last close of a drain. */
  readonly drainGraceMs?: number;
  /** A fault of the server, met while serving a client. */
  readonly onFault: (error: unknown) => void;
}

const DRAIN_GRACE = 100;
const HEALTH = /^[a-z]+:\/\/[^/?#]*\/health\/?(\?|$)/i;

/**
 * Listens, limits what each address may request, upgrades to WebSocket, and drains at a stop. `open` takes the port;
 * every request is answered with 503 until `serve` is called.
 */
export class Gateway {
  /** The hub publishes through it. */
  readonly broadcast: Broadcast;
  readonly #headers: ResponseHeaders;
  /** Undefined where rates are off: clients behind one proxy then share no rate. */
  readonly #untrustedProxy: UntrustedProxyWarning | undefined;
  readonly #openFiles: OpenFileWatch;
  /** Undefined until everything is ready. */
  #handler: RequestHandler | undefined;
  #serial = 0;

  /** @throws {ListenError}, or what Bun throws where it cannot listen, with its `code`. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const { log, clock, rateLimits, listen } = options;
    const limitLog = new LimitLog(log, () => clock.now());
    const limits = effectiveLimits(options.limits);
    const limiter = new ConnectionLimiter({ ...options, limits, limitLog });
    const rateLimiting = rateLimits && {
      rateLimits,
      shared: new SharedRates(rateLimits, clock),
      clock,
      limitLog,
    };
    const sockets = new Sockets({ ...options, limits, limiter, limitLog, rateLimiting });
    try {
      return new Gateway(
        options,
        limiter,
        sockets,
        await Listener.open(listen, sockets.handler, options.onFault),
        limitLog,
      );
    } catch (error) {
      sockets.stop();
      throw error;
    }
  }

  private constructor(
    private readonly options: GatewayOptions,
    private readonly limiter: ConnectionLimiter,
    private readonly sockets: Sockets,
    private readonly listener: Listener,
    limitLog: LimitLog,
  ) {
    const { listen, log, origins, hosts, proxies, rateLimits } = options;
    this.#headers = new ResponseHeaders(origins, hosts, Math.floor((tlsOf(listen)?.hsts ?? 0) / 1_000));
    this.#untrustedProxy = rateLimits && new UntrustedProxyWarning(log, proxies);
    this.broadcast = new SocketBroadcast(sockets, listener);
    this.#openFiles = new OpenFileWatch(limitLog);
    listener.serve((request, server) => this.#fetch(request, server));
  }

  get url(): URL {
    return this.listener.url;
  }

  /** How many sockets are open. */
  get connections(): number {
    return this.sockets.size;
  }

  /** Called when everything is ready: requests are handled from now on. */
  serve(handler: RequestHandler): void {
    this.#handler = handler;
    const { log, limits } = this.options;
    const { connections } = this.limiter;
    if (connections < limits.connections) logLoweredConnections(log, limits.connections, connections);
  }

  /** Reads the certificate again. Where the new one is not good, logs why and keeps the old one. */
  reload(): void {
    const { log } = this.options;
    try {
      const certificate = this.listener.reload();
      if (certificate !== undefined) log.info("tls.reloaded", { validTo: certificate.validTo });
    } catch (error) {
      log.error("tls.unchanged", { error: error instanceof Error ? error.message : String(error) });
    }
  }

  /**
   * Admits no more clients, drains all connections and releases the port; takes at most 6 s.
   * @param settled resolves once every request received so far has been committed or refused, and answered
   */
  async stop(settled: () => Promise<void>): Promise<void> {
    const { clock, random, drainGraceMs: grace = DRAIN_GRACE } = this.options;
    const connections = [...this.sockets];
    this.#handler?.close(reconnectWithin(connections.length));
    await drain(connections, { clock, random, settled, grace });
    for (const socket of this.sockets) socket.close(CLOSE.goingAway.code, CLOSE.goingAway.reason);
    await this.listener.stop();
    this.#openFiles.stop();
    this.sockets.stop();
  }

  /** A fault is logged; the client only gets a 500. */
  async #fetch(request: Request, server: Server<SocketData>): Promise<Response | undefined> {
    let response: Response | undefined;
    try {
      response = await this.#respond(request, server);
    } catch (error) {
      this.options.onFault(error);
      response = internalError();
    }
    return response && this.#headers.addTo(response, request);
  }

  /** @returns undefined where the request has become a WebSocket. */
  async #respond(request: Request, server: Server<SocketData>): Promise<Response | undefined> {
    const peer = server.requestIP(request)?.address;
    const from = clientAddress(peer, request.headers, this.options.proxies);
    this.#untrustedProxy?.check(peer, request.headers);
    const overload = this.#checkOverload(request, from);
    if (overload !== undefined) return overloaded(overload);
    if (this.#handler === undefined) return starting(request);
    const upgrade = await this.#handler.handle(request, from);
    if (upgrade instanceof Response) return upgrade;
    // Others may have connected while this request was checked.
    const full = this.limiter.checkCapacity(from);
    if (full !== undefined) return overloaded(full);
    const { headers, ...session } = upgrade;
    const data: SocketData = { ...session, serial: ++this.#serial, ...(from && { from }) };
    if (server.upgrade(request, { data, headers })) return undefined;
    return json(426, { error: "this is a WebSocket address" }, { upgrade: "websocket" });
  }

  /** Health is never refused: an operator needs it most when the server is overloaded. */
  #checkOverload(request: Request, from: string | undefined): Overload | undefined {
    if (request.headers.has("upgrade")) return this.limiter.checkHandshake(from);
    return HEALTH.test(request.url) ? undefined : this.limiter.checkRequest(from);
  }
}

/** The limits, with those that depend on the machine worked out. */
function effectiveLimits(limits: Limits): Limits {
  return {
    ...limits,
    connections: boundConnections(limits.connections),
    waitingPerNode: limits.waitingPerNode || defaultWaitingPerNode(),
  };
}

function overloaded({ status, error, retryAfter }: Overload): Response {
  return json(status, { error }, { "retry-after": String(retryAfter), connection: "close" });
}

/** SPEC HTTP-3. */
function starting({ url }: Request): Response {
  if (HEALTH.test(url)) return json(503, { status: "unavailable", reason: "starting" });
  return json(503, { error: "starting" }, { "retry-after": "1" });
}
