import { afterEach, expect, test } from "bun:test";
import { DEFAULT_CONFIG, startServer } from "@fanfare/server";
import { Generator } from "../src/generator/generator.ts";
import type { ConnectOptions } from "../src/generator/generator-methods.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function fanfare(): Promise<string> {
  const server = await startServer({
    ...DEFAULT_CONFIG,
    listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
    engine: { kind: "memory" },
  });
  endings.push(() => server.stop());
  return server.url.origin.replace("http:", "ws:");
}

const connections = {
  prefix: "bench:",
  rooms: 2,
  listeners: 3,
  publishers: 2,
  publishersJoin: true,
  rest: 0,
};
const sampleOf = (generator: Generator) => generator.sample({ serverPid: process.pid });

/** Loads a server until the generator has seen enough, then drains. */
async function load(url: string, options: Partial<ConnectOptions>, window: number | null, patience = 5_000) {
  const generator = new Generator();
  await generator.connect({ ...connections, dialect: "native", url, ...options });
  generator.publish({ size: 20, window, batch: window === 64 });
  while (sampleOf(generator).sent < 100) await Bun.sleep(1);
  await generator.drain({ patience });
  return sampleOf(generator);
}

test.each([4, 64, null])("native: every member gets every message once, %p in flight", async (window) => {
  const sample = await load(await fanfare(), {}, window);
  expect(sample.faults).toEqual([]);
  expect(sample.acks).toBe(sample.sent);
  expect(sample.deliveries).toBe(sample.acks * 5);
});

test("native publishers need not be members", async () => {
  const sample = await load(await fanfare(), { publishersJoin: false }, 4);
  expect(sample.faults).toEqual([]);
  expect(sample.deliveries).toBe(sample.acks * 3);
});

test("chat: every member gets every message once", async () => {
  const sample = await load(await fanfare(), { dialect: "chat", prefix: "bench" }, 8);
  expect(sample.faults).toEqual([]);
  expect(sample.deliveries).toBe(sample.sent * 5);
});

/** A server that says yes to everything, and delivers what `deliver` makes of an offset. */
function liar(deliver: (offset: number) => readonly number[], acknowledge = true): string {
  let offset = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
    websocket: {
      message(socket, text) {
        const { op, ref } = JSON.parse(String(text));
        if (op === "join") socket.subscribe("room");
        if (op !== "publish") {
          socket.sendText(JSON.stringify({ op: "ok", ref }));
          return;
        }
        offset += 1;
        for (const delivered of deliver(offset)) {
          server.publish(
            "room",
            JSON.stringify({ op: "message", room: "bench:1", offset: delivered, data: "" }),
          );
        }
        if (acknowledge) socket.sendText(JSON.stringify({ op: "ok", ref, epoch: "e", offset }));
      },
    },
  });
  endings.push(() => server.stop(true));
  return `ws://127.0.0.1:${server.port}`;
}

const oneRoom = { rooms: 1, publishers: 1, listeners: 2 };

test("an honest liar is believed", async () => {
  const sample = await load(
    liar((offset) => [offset]),
    oneRoom,
    4,
  );
  expect(sample.faults).toEqual([]);
});

test("a message that is left out, one that comes twice, and one that never comes are found", async () => {
  const gap = await load(
    liar((offset) => (offset === 50 ? [] : [offset])),
    oneRoom,
    4,
  );
  expect(gap.faults[0]).toContain("gap: offset 51 came where 50 was next");
  expect(gap.faultCount).toBe(3);
  const repeat = await load(
    liar((offset) => (offset === 50 ? [50, 50] : [offset])),
    oneRoom,
    4,
  );
  expect(repeat.faults[0]).toContain("repeat: offset 50 came where 51 was next");
  const lost = await load(
    liar((offset) => (offset <= 50 ? [offset] : [])),
    oneRoom,
    4,
    50,
  );
  expect(lost.faults[0]).toContain("was acknowledged; its last is 50");
});

test("publishes that are never answered are found", async () => {
  const url = liar((offset) => [offset], false);
  const sample = await load(url, oneRoom, null, 50);
  expect(sample.faults[0]).toContain("were never answered");
});

test("a connection that the server refuses is an error", async () => {
  const refused = new Generator().connect({
    ...connections,
    dialect: "raw",
    url: `${await fanfare()}/nowhere`,
  });
  await expect(refused).rejects.toThrow(/404/);
});
