import { CLOSE } from "@fanfare/protocol";
import type { Server } from "bun";
import { type Listen, tlsOf } from "../config/config.ts";
import type { RateLimits } from "../config/limits.ts";
import type { Hub } from "../hub/hub.ts";
import type { Broadcast, Clock } from "../hub/ports.ts";
import type { RefusedRequest } from "../telemetry/audit-log.ts";
import type { Log } from "../telemetry/log.ts";
import { bareFault } from "./answer-headers.ts";
import { depart, returnWithin } from "./departure.ts";
import { Doorway } from "./doorway.ts";
import type { Patience } from "./heartbeat.ts";
import { Hosts } from "./hosts.ts";
import type { HttpAnswers } from "./http-handler.ts";
import { json } from "./json.ts";
import { clientAddress } from "./limits/client-address.ts";
import { Gate, type Overload } from "./limits/gate.ts";
import type { Networks } from "./limits/network.ts";
import { Offences } from "./limits/offences.ts";
import { Pacing } from "./limits/pacing.ts";
import { UnnamedProxy } from "./limits/unnamed-proxy.ts";
import { Listener } from "./listener.ts";
import type { Mount } from "./mounts.ts";
import { Origins } from "./origins.ts";
import { Reception } from "./reception.ts";
import type { SocketData } from "./socket.ts";
import { Sockets } from "./sockets.ts";

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
  readonly rateLimits?: RateLimits;
  readonly proxies: Networks;
  /** Bytes that may wait for one client; past it Bun cuts the connection (a bare 1006, which resumes). */
  readonly waitingPerClient?: number;
  /** What travels when the server stops gets so many ms to arrive. */
  readonly farewellMs?: number;
  /** Told of each upgrade that is refused. */
  readonly refused: (request: RefusedRequest) => void;
  /** A fault of ours, met while serving a client. */
  readonly onFault: (error: unknown) => void;
}

const FAREWELL = 100;
const HEALTH = /^[a-z]+:\/\/[^/?#]*\/health(\?|$)/i;

/** The front of the only room that touches sockets: listens, upgrades, and sends everyone away in the end. */
export class Gateway implements Broadcast {
  readonly #sockets: Sockets;
  readonly #doorway: Doorway;
  readonly #gate: Gate;
  /** Undefined where there is nothing that its clients could share. */
  readonly #unnamedProxy: UnnamedProxy | undefined;
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
      gateway.#sockets.stop();
      throw error;
    }
  }

  private constructor(private readonly options: GatewayOptions) {
    const {
      origins = new Origins([], tlsOf(options.listen) !== undefined),
      reception = new Reception(origins),
      hosts = [],
      listen,
    } = options;
    const { log, clock, rateLimits } = options;
    const offences = new Offences(log, () => clock.now());
    this.#gate = new Gate({ ...options, offences });
    this.#unnamedProxy = rateLimits && new UnnamedProxy(log, options.proxies);
    const hub = () => this.#hub;
    this.#sockets = new Sockets({
      ...options,
      hub,
      gate: this.#gate,
      offences,
      pacing: rateLimits && new Pacing(rateLimits, clock, offences),
    });
    this.#doorway = new Doorway({
      ...options,
      origins,
      reception,
      hosts: new Hosts(hosts, listen),
      hsts: Math.floor((tlsOf(listen)?.hsts ?? 0) / 1_000),
      hub,
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
    this.#sockets.publishing(frame.length);
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
    this.#sockets.stop();
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
      websocket: this.#sockets.handler,
    } satisfies Parameters<typeof Listener.open>[1];
  }

  /** Whatever went wrong is logged; nothing of it reaches the client. */
  #fault(error: unknown): Response {
    this.options.onFault(error);
    return bareFault();
  }

  async #fetch(request: Request, server: Server<SocketData>): Promise<Response | undefined> {
    const peer = server.requestIP(request)?.address;
    const from = clientAddress(peer, request.headers, this.options.proxies);
    this.#unnamedProxy?.look(peer, request.headers);
    const overload = this.#overload(request, from);
    if (overload !== undefined) return this.#doorway.finish(tooMuch(overload), request);
    const admitted = await this.#doorway.admit(request, from);
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
}

function tooMuch({ status, error, retryAfter }: Overload): Response {
  return json(status, { error }, { "retry-after": String(retryAfter), connection: "close" });
}
