import { rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Server, WebSocketHandler } from "bun";
import { type Listen, type TlsFiles, tlsOf } from "../config/config.ts";
import { bindAddresses, isLocalhost } from "./bind-addresses.ts";
import { type BoundServers, bindPort, bindSocket, type Fetch, type Handlers } from "./bound-servers.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { probePort } from "./port-probe.ts";
import { internalError } from "./response-headers.ts";
import type { SocketData } from "./socket.ts";
import { clearSocketPath } from "./unix-socket.ts";

/**
 * The addresses at which the server listens. Bun cannot change the certificate of a running server, so servers with the
 * new certificate take over the port, and the old ones keep the connections that they have.
 */
export class Listener {
  #current: BoundServers;
  /** Servers that accept no more connections; each stops once its last connection has ended. */
  readonly #retired = new Set<Server<SocketData>>();
  readonly #handlers: Handlers;
  #fetch: Fetch = () => Promise.resolve(new Response(null, { status: 503 }));

  /**
   * Takes the address. Requests are answered with 503 until `serve`.
   * @throws {ListenError}, or what Bun throws where it cannot listen, with its `code`.
   */
  static async open(
    listen: Listen,
    websocket: WebSocketHandler<SocketData>,
    onFault: (error: unknown) => void,
  ): Promise<Listener> {
    if (listen.kind === "unix") {
      await clearSocketPath(resolve(listen.path));
      return new Listener(listen, undefined, websocket, onFault);
    }
    const certificate = listen.tls && readCertificate(listen.tls);
    await probePort(listen.host, listen.port);
    return new Listener(listen, certificate, websocket, onFault);
  }

  private constructor(
    private readonly listen: Listen,
    certificate: Certificate | undefined,
    websocket: WebSocketHandler<SocketData>,
    onFault: (error: unknown) => void,
  ) {
    this.#handlers = {
      fetch: (request, server) => this.#fetch(request, server),
      error: (error) => {
        onFault(error);
        return internalError();
      },
      websocket,
    };
    this.#current =
      listen.kind === "unix"
        ? bindSocket(resolve(listen.path), this.#handlers)
        : bindPort(bindAddresses(listen.host), listen.port, this.#handlers, certificate);
  }

  /** From now on `fetch` answers. */
  serve(fetch: Fetch): void {
    this.#fetch = fetch;
  }

  get url(): URL {
    const { listen } = this;
    if (listen.kind === "unix") return new URL(`unix://${encodeURI(resolve(listen.path))}`);
    const url = new URL(this.#current[0].url);
    if (isLocalhost(listen.host)) url.hostname = listen.host;
    return url;
  }

  /** The files of its certificate, if it has one. */
  get tls(): TlsFiles | undefined {
    return tlsOf(this.listen);
  }

  /** Sockets that are subscribed to a topic. */
  subscriberCount(topic: string): number {
    let count = 0;
    for (const server of this.#current) count += server.subscriberCount(topic);
    for (const server of this.#retired) count += server.subscriberCount(topic);
    return count;
  }

  publish(topic: string, frame: string): void {
    for (const server of this.#current) publishOn(server, topic, frame);
    for (const server of this.#retired) publishOn(server, topic, frame);
  }

  /**
   * Reads the certificate again: new handshakes get the new one. A bad one changes nothing.
   * @throws {ListenError}, or what Bun throws.
   */
  reload(): Certificate | undefined {
    const { tls, listen } = this;
    if (tls === undefined || listen.kind !== "tcp") return undefined;
    const certificate = readCertificate(tls);
    const old = this.#current;
    const addresses = old.flatMap(({ hostname }) => hostname ?? []);
    this.#current = bindPort(addresses, old[0].port ?? listen.port, this.#handlers, certificate);
    for (const server of old) {
      this.#retired.add(server);
      server.closeIdleConnections();
      void server.stop().then(() => this.#retired.delete(server));
    }
    return certificate;
  }

  /** Terminates the connections that are left, and releases the port or removes the socket's file. */
  async stop(): Promise<void> {
    await Promise.all([...this.#current, ...this.#retired].map((server) => server.stop(true)));
    if (this.listen.kind === "unix") rmSync(resolve(this.listen.path), { force: true });
  }
}

/** Bun encodes a frame even for a topic without subscribers, so such a publish is skipped. */
function publishOn(server: Server<SocketData>, topic: string, frame: string): void {
  if (server.pendingWebSockets > 0) server.publish(topic, frame);
}
