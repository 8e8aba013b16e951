import { lookup } from "node:dns/promises";
import { createServer } from "node:net";

/**
 * Fails where anyone else listens. Sockets that share a port (SO_REUSEPORT) do so without an error, and a server on
 * one address of a name hides from one on another, so every address is taken exclusively for a moment.
 *
 * @throws an error with the code `EADDRINUSE`. Whatever else is wrong with the address is told when listening.
 */
export async function probePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  for (const address of await addressesOf(host)) await probe(address, port);
}

async function addressesOf(host: string): Promise<string[]> {
  if (host === "localhost") return ["127.0.0.1", "::1"];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function probe(host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer();
  server.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE") reject(error);
    else resolve();
  });
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  return promise;
}
