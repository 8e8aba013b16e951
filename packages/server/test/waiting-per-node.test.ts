import { expect, test } from "bun:test";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { residentMemory } from "@fanfare/testing/resident-memory";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import type { ServerWebSocket } from "bun";

const MIB = 1024 * 1024;
const ROOM = "busy";
const READERS = 100;
/** Behind what two kernels buffer, 4 MiB may wait for each: 400 MiB in all. */
const MESSAGES = 240;
const LARGE = "x".repeat(60_000);

test("FLOW-4: readers that stall cost the node no more memory than its bound, and those that read miss nothing", async () => {
  using data = scratchDirectory();
  const flags = [
    "--limits-waiting-per-client=4MiB",
    "--limits-waiting-per-node=32MiB",
    "--limits-stalled=1h",
  ];
  await using server = await ServerProcess.start(data.path, ...flags);
  const honest = await NativeClient.connect(server.url, "Honest");
  await publish(honest, "before", () => {}); // what publishing costs by itself
  await honest.follow(ROOM);
  const readers: RawSocket[] = [];
  for (let i = 0; i < READERS; i++) readers.push(await stalledReader(server.url));
  const before = residentMemory(server.pid);
  let most = 0;
  await publish(honest, ROOM, () => {
    most = Math.max(most, residentMemory(server.pid) - before);
  });
  expect(most).toBeLessThan((32 + 64) * MIB);
  await honest.received(MESSAGES);
  expect(honest.messages.map(({ offset }) => offset)).toEqual(
    Array.from({ length: MESSAGES }, (_, i) => i + 1),
  );
  const lines = server.stdout.split("\n").filter((line) => line.includes("limit.exceeded"));
  expect(lines).toEqual([expect.stringContaining('"limit":"limits.waiting_per_node","action":"closed"')]);
  for (const each of readers) each.destroy();
});

test("FLOW-4: Bun counts small frames that wait once another frame is sent, as the bound relies on", async () => {
  const opened = Promise.withResolvers<ServerWebSocket<undefined>>();
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, each) => (each.upgrade(request) ? undefined : new Response(null, { status: 426 })),
    websocket: {
      backpressureLimit: 64 * MIB,
      open(socket) {
        socket.subscribe("topic");
        opened.resolve(socket);
      },
      message() {},
    },
  });
  const reader = await RawSocket.open(server.url, "/");
  reader.stall();
  const socket = await opened.promise;
  while (socket.getBufferedAmount() === 0) {
    server.publish("topic", LARGE); // larger than what it keeps apart
    await new Promise(setImmediate);
  }
  const before = socket.getBufferedAmount();
  for (let i = 0; i < 10; i++) server.publish("topic", "x".repeat(10_000));
  expect(socket.getBufferedAmount()).toBe(before);
  socket.pong();
  expect(socket.getBufferedAmount()).toBeGreaterThan(before + 100_000);
  reader.destroy();
});

/** A member of the room that reads nothing. */
async function stalledReader(server: URL): Promise<RawSocket> {
  const raw = await RawSocket.open(server, "/ws", SUBPROTOCOL);
  raw.text(`[{"op":"hello","ref":1},{"op":"join","ref":2,"room":"${ROOM}"}]`);
  await raw.frames.when(() => raw.texts.some((text) => text.includes('"op":"live"')));
  raw.stall();
  return raw;
}

async function publish(client: NativeClient, room: string, after: () => void): Promise<void> {
  for (let i = 0; i < MESSAGES; i += 4) {
    await Promise.all(Array.from({ length: 4 }, () => client.publish(room, "note", LARGE)));
    after();
  }
}
