import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { umask } from "node:process";
import type { Server, WebSocketHandler } from "bun";
import { type Listen, type TlsFiles, tlsOf } from "../config/config.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { ListenError } from "./listen-error.ts";
import { probePort } from "./port-probe.ts";
import { internalError } from "./response-headers.ts";
import type { SocketData } from "./socket.ts";
import { clearSocketPath, SOCKET_MASK } from "./unix-socket.ts";

/** Answers a request; with undefined where it has become a WebSocket. */
export type Fetch = (request: Request, server: Server<SocketData>) => Promise<Response | undefined>;

/** What Bun is given to serve with. */
interface Handlers {
  readonly fetch: Fetch;
  readonly error: (error: Error) => Response;
  readonly websocket: WebSocketHandler<SocketData>;
}

/**
 * The address at which the server listens. Bun cannot change the certificate of a running server, so a server with the
 * new certificate takes over the port, and the old one keeps the connections that it has.
 */
export class Listener {
  #current: Server<SocketData>;
  /** Accept no more; each stops once its last connection has ended. */
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
        ? openSocket(resolve(listen.path), this.#handlers)
        : openPort(listen.host, listen.port, this.#handlers, certificate);
  }

  /** From now on `fetch` answers. */
  serve(fetch: Fetch): void {
    this.#fetch = fetch;
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
    this.#current = openPort(listen.host, old.port ?? listen.port, this.#handlers, certificate);
    this.#retired.add(old);
    old.closeIdleConnections();
    void old.stop().then(() => this.#retired.delete(old));
    return certificate;
  }

  /** Terminates the connections that are left, and releases the port or removes the socket's file. */
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
