/**
 * A program for a network of its own: listens at `localhost` and prints at which addresses it can be reached.
 * Arguments: the range of free ports, and those of them that are taken on `::1`.
 */
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { openServer } from "@fanfare/testing/test-server";

const RANGE = "/proc/sys/net/ipv4/ip_local_port_range";

const [range, ...taken] = process.argv.slice(2);
if (range !== undefined) writeFileSync(RANGE, range);
for (const port of taken) {
  await new Promise<void>((resolve, reject) =>
    createServer((socket) => socket.destroy())
      .on("error", reject)
      .listen({ host: "::1", port: Number(port) }, resolve),
  );
}
const server = await openServer({
  listen: { kind: "tcp", host: "localhost", port: 0 },
  engine: { kind: "memory" },
});
// Clients need free ports, too.
if (range !== undefined) writeFileSync(RANGE, "32768 60999");
const { port } = server.url;
const reached: string[] = [];
for (const address of ["127.0.0.1", "[::1]"]) {
  const response = await fetch(`http://${address}:${port}/health`).catch(() => undefined);
  if (response?.status === 200) reached.push(address);
}
console.log(JSON.stringify({ port, reached }));
process.exit(0);
