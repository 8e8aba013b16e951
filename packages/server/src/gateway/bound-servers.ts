import { umask } from "node:process";
import type { Server, WebSocketHandler } from "bun";
import type { Certificate } from "./certificate.ts";
import { ListenError } from "./listen-error.ts";
import type { SocketData } from "./socket.ts";
import { SOCKET_MASK } from "./unix-socket.ts";

/** Bun binds one address per server: one for each address of a host, all at the same port; or the one at a unix socket. */
export type BoundServers = readonly [Server<SocketData>, ...Server<SocketData>[]];

/** Answers a request; undefined where it was upgraded to a WebSocket. */
export type Fetch = (request: Request, server: Server<SocketData>) => Promise<Response | undefined>;

/** The callbacks of Bun's servers. */
export interface Handlers {
  readonly fetch: Fetch;
  readonly error: (error: Error) => Response;
  readonly websocket: WebSocketHandler<SocketData>;
}

/** Codes for an address that this machine does not have. */
const ABSENT = ["EADDRNOTAVAIL", "EAFNOSUPPORT"];
/** How many ports that are free at the first address are tried at the others. */
const FREE_PORTS = 16;

/**
 * Binds one port at those of the addresses that this machine has.
 *
 * @param port 0 takes one that is free at all of them
 * @throws what Bun throws where it cannot listen, with its `code`; then nothing stays bound.
 */
export function bindPort(
  addresses: readonly string[],
  port: number,
  handlers: Handlers,
  certificate: Certificate | undefined,
): BoundServers {
  // `::` alone is every address of IPv4 as well; beside `0.0.0.0` it would want that one's port.
  const ipv6Only = addresses.length > 1;
  const tries = port === 0 && addresses.length > 1 ? FREE_PORTS : 1;
  /** Bound until the end, so that the next try gets another port. */
  const failed: Server<SocketData>[] = [];
  try {
    for (let left = tries - 1; ; left--) {
      const bound: Server<SocketData>[] = [];
      try {
        return bindAll(addresses, port, bound, (address, at) =>
          bind(address, at, handlers, certificate, ipv6Only),
        );
      } catch (error) {
        failed.push(...bound);
        if (left === 0 || codeOf(error) !== "EADDRINUSE") throw error;
      }
    }
  } finally {
    for (const server of failed) void server.stop(true);
  }
}

/** @param bound gets each server once it listens, even if a later one fails */
function bindAll(
  addresses: readonly string[],
  port: number,
  bound: Server<SocketData>[],
  bindOne: (address: string, port: number) => Server<SocketData>,
): BoundServers {
  let absent: unknown;
  for (const address of addresses) {
    try {
      bound.push(bindOne(address, bound[0]?.port ?? port));
    } catch (error) {
      if (!ABSENT.includes(codeOf(error))) throw error;
      absent ??= error;
    }
  }
  const [first, ...others] = bound;
  if (first === undefined) throw absent;
  return [first, ...others];
}

function bind(
  hostname: string,
  port: number,
  handlers: Handlers,
  certificate: Certificate | undefined,
  ipv6Only: boolean,
): Server<SocketData> {
  if (certificate === undefined) return Bun.serve<SocketData>({ ...handlers, hostname, port, ipv6Only });
  const { cert, key } = certificate;
  // Shared, so that the next certificate's server can listen before this one stops.
  return Bun.serve<SocketData>({
    ...handlers,
    hostname,
    port,
    ipv6Only,
    reusePort: true,
    tls: { cert, key },
  });
}

/** @throws {ListenError} */
export function bindSocket(path: string, handlers: Handlers): BoundServers {
  const before = umask(SOCKET_MASK);
  try {
    return [Bun.serve<SocketData>({ ...handlers, unix: path })];
  } catch (error) {
    const code = codeOf(error);
    throw new ListenError(
      code,
      `no socket can be made at ${path} (${code}); choose a path of at most 107 bytes in a directory that is there and may be written`,
    );
  } finally {
    umask(before);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
