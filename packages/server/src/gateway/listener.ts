import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { umask } from "node:process";
import type { Server, WebSocketHandler } from "bun";
import { type Listen, type TlsFiles, tlsOf } from "../config/config.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { ListenError } from "./listen-error.ts";
import { probePort } from "./port-probe.ts";
import type { SocketData } from "./socket.ts";
import { clearSocketPath, SOCKET_MASK } from "./unix-socket.ts";

/** What is done with what comes in. */
export interface Handlers {
  readonly fetch: (request: Request, server: Server<SocketData>) => Promise<Response | undefined>;
  readonly error: (error: Error) => Response;
  readonly websocket: WebSocketHandler<SocketData>;
}

/**
 * Where the server can be reached. Bun cannot change the certificate of a server that runs, so a new one takes its
 * place at the same port, and the old one goes on with the connections that it has.
 */
export class Listener {
  #current: Server<SocketData>;
  /** Listen no more, and go once their last connection has. */
  readonly #retired = new Set<Server<SocketData>>();

  /** @throws {ListenError}, or what Bun throws where it cannot listen, with its `code`. */
  static async open(listen: Listen, handlers: Handlers): Promise<Listener> {
    if (listen.kind === "unix") {
      const path = resolve(listen.path);
      await clearSocketPath(path);
      return new Listener(openSocket(path, handlers), listen, handlers);
    }
    const { host, port, tls } = listen;
    const certificate = tls && readCertificate(tls);
    await probePort(host, port);
    return new Listener(openPort(host, port, handlers, certificate), listen, handlers);
  }

  private constructor(
    first: Server<SocketData>,
    private readonly listen: Listen,
    private readonly handlers: Handlers,
  ) {
    this.#current = first;
  }

  get url(): URL {
    const { listen } = this;
    if (listen.kind === "unix") return new URL(`unix://${encodeURI(resolve(listen.path))}`);
    return this.#current.url;
  }

  /** The files of its certificate, if it has one. */
  get tls(): TlsFiles | undefined {
    return tlsOf(this.listen);
  }

  publish(topic: string, frame: string): void {
    this.#current.publish(topic, frame);
    for (const server of this.#retired) server.publish(topic, frame);
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
    this.#current = openPort(listen.host, old.port ?? listen.port, this.handlers, certificate);
    this.#retired.add(old);
    old.closeIdleConnections();
    void old.stop().then(() => this.#retired.delete(old));
    return certificate;
  }

  /** Cuts off whoever is still there, and lets go of the port or the socket's file. */
  async stop(): Promise<void> {
    await Promise.all([this.#current, ...this.#retired].map((server) => server.stop(true)));
    if (this.listen.kind === "unix") rmSync(resolve(this.listen.path), { force: true });
  }
}

function openPort(
  hostname: string,
  port: number,
  handlers: Handlers,
  certificate: Certificate | undefined,
): Server<SocketData> {
  if (certificate === undefined) return Bun.serve<SocketData>({ ...handlers, hostname, port });
  const { cert, key } = certificate;
  // Shared, so that the next certificate's server can listen before this one stops.
  return Bun.serve<SocketData>({ ...handlers, hostname, port, reusePort: true, tls: { cert, key } });
}

function openSocket(path: string, handlers: Handlers): Server<SocketData> {
  const before = umask(SOCKET_MASK);
  try {
    return Bun.serve<SocketData>({ ...handlers, unix: path });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new ListenError(
      code,
      `no socket can be made at ${path} (${code}); choose a path of at most 107 bytes in a directory that is there and may be written`,
    );
  } finally {
    umask(before);
  }
}
