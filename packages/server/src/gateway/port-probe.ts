import { lookup } from "node:dns/promises";
import { createServer } from "node:net";
import { bindAddresses } from "./bind-addresses.ts";

/**
 * Fails where another program listens. Programs can share a port (SO_REUSEPORT) without an error, and may listen on
 * another address of the same name, so this takes every address exclusively for a moment.
 *
 * @throws an error with the code `EADDRINUSE`. What else is wrong with the address shows when the server listens.
 */
export async function probePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  for (const address of await addressesOf(host)) await probe(address, port);
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const bound = bindAddresses(host);
  if (bound.length > 1) return bound;
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
