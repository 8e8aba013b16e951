import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";

/** A server that may have so many files open. */
function start(files: number, data: string, ...flags: string[]): Promise<ServerProcess> {
  return ServerProcess.startBy(["sh", "-c", `ulimit -n ${files}; exec "$0" "$@"`], data, ...flags);
}

test("LIMIT-12: WebSockets leave files for everything else; what that bounds is said at the start and when it is reached", async () => {
  using data = scratchDirectory();
  await using server = await start(300, data.path);
  await server.printed(/limit.lowered/);
  expect(server.stdout).toContain(
    '"event":"limit.lowered","limit":"limits.connections","configured":50000,"effective":150,"reason":"the process may have 300 files open (ulimit -n)"',
  );
  const sockets: RawSocket[] = [];
  for (let i = 0; i < 150; i++) sockets.push(await RawSocket.open(server.url, "/ws", SUBPROTOCOL));
  const refused = await fetch(new URL("/ws", server.url), { headers: UPGRADE_HEADERS });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
  expect((await fetch(new URL("/health", server.url))).status).toBe(200);
  await server.printed(/"event":"limit.exceeded","limit":"limits.connections"/);
  for (const each of sockets) each.destroy();
});

test("LIMIT-12: a bound that is set lower holds, and nothing is said", async () => {
  using data = scratchDirectory();
  await using server = await start(300, data.path, "--limits-connections=100");
  expect(server.stdout).not.toContain("limit.lowered");
});

test("LIMIT-12: where no file is left for sockets that ask for nothing, the log says so, once, and the server goes on when there is one", async () => {
  using data = scratchDirectory();
  await using server = await start(200, data.path);
  const member = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  const idle: Socket[] = [];
  for (let i = 0; i < 220; i++) {
    idle.push(connect({ host: server.url.hostname, port: Number(server.url.port) }).on("error", () => {}));
  }
  await server.printed(/"event":"limit.exceeded","limit":"open files","action":"refused","error":"EMFILE"/);
  member.text('{"op":"hello","ref":1}');
  await member.frames.next();
  for (const each of idle) each.destroy();
  expect((await fetch(new URL("/health", server.url))).status).toBe(200);
  expect(server.stdout.match(/"limit":"open files"/g)).toHaveLength(1);
});
