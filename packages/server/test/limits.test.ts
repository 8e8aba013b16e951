import { expect, test } from "bun:test";
import { CLOSE, SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { clientFrame, OPCODE } from "@fanfare/testing/frame-writer";
import { ManualClock } from "@fanfare/testing/manual-clock";
import { NativeClient, type Request } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { type Config, DEFAULT_CONFIG } from "../src/config/config.ts";
import { DEFAULT_RATE_LIMITS, type RateLimits } from "../src/config/limits.ts";
import { LineLog } from "./support/line-log.ts";

/** A server by whose clock nothing passes but what the test lets pass. */
async function open(limits: Partial<Config["limits"]>, rateLimits?: Partial<RateLimits>) {
  const clock = new ManualClock();
  const log = new LineLog();
  /** Bun closes the connection of one that is collected as garbage. */
  const upgraded: Response[] = [];
  const server = await openServer({
    clock,
    log,
    limits: { ...DEFAULT_CONFIG.limits, ...limits },
    rateLimits: rateLimits && { ...DEFAULT_RATE_LIMITS, ...rateLimits },
    trustedProxies: ["127.0.0.1"],
  });
  return {
    server,
    clock,
    exceeded: () => log.of("limit.exceeded"),
    ask: (path: string, headers: Record<string, string> = {}) =>
      fetch(new URL(path, server.url), { headers: { connection: "close", ...headers } }),
    async upgrade(from: string) {
      const headers = { ...UPGRADE_HEADERS, "x-forwarded-for": from };
      const response = await fetch(new URL("/echo", server.url), { headers });
      upgraded.push(response);
      return response;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** In one frame: of several it is not known how many are read before the next one is held. */
function sendAtOnce(client: NativeClient, requests: readonly Request[]): void {
  client.send(JSON.stringify(requests.map((request, i) => ({ ...request, ref: 1_000 + i }))));
}

test("LIMIT-1 LIMIT-6 LIMIT-7: past the bound of its address a connection is refused, and no other address is", async () => {
  await using place = await open({ connectionsPerAddress: 3 });
  const { server, exceeded, upgrade } = place;
  const clients = await Promise.all(["A", "B", "C"].map((user) => NativeClient.connect(server.url, user)));
  for (let i = 0; i < 5; i++) {
    const refused = await upgrade("127.0.0.1");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"]);
    expect(await refused.json()).toEqual({ error: "there are too many connections from this address" });
  }
  expect((await upgrade("192.0.2.1")).status).toBe(101);
  for (const ending of ["1", "2", "3"]) {
    expect((await upgrade(`2001:db8:1:2::${ending}`)).status).toBe(101);
  }
  expect((await upgrade("2001:db8:1:2:3:4:5:6")).status).toBe(429);
  expect((await upgrade("2001:db8:1:3::1")).status).toBe(101);
  expect(exceeded()).toEqual([
    { limit: "limits.connections_per_address", from: "127.0.0.1", action: "refused" },
    { limit: "limits.connections_per_address", from: "2001:db8:1:2:3:4:5:6", action: "refused" },
  ]);
  await clients[0]?.close();
  await NativeClient.connect(server.url, "D"); // has its place
});

test("LIMIT-1: past the bound of all, everyone is refused until somebody goes", async () => {
  await using place = await open({ connections: 2 });
  const { server, exceeded, upgrade } = place;
  const one = await NativeClient.connect(server.url, "One");
  const other = await NativeClient.connect(server.url, "Other");
  const refused = await upgrade("192.0.2.1");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
  expect(await refused.json()).toEqual({ error: "the server has as many connections as it takes" });
  expect(await other.request({ op: "ping" })).toMatchObject({ op: "pong" });
  expect(exceeded()).toEqual([{ limit: "limits.connections", action: "refused" }]);
  await one.close();
  await NativeClient.connect(server.url, "Next");
});

test("LIMIT-3 LIMIT-6 HTTP-2: an address that asks too often is told when to come back; others and /health are answered", async () => {
  await using place = await open({}, { handshakesPerAddress: 2, httpPerAddress: 1 });
  const { clock, exceeded, upgrade, ask } = place;
  const statuses = async (count: number, request: () => Promise<Response>) => {
    const all: number[] = [];
    for (let i = 0; i < count; i++) all.push((await request()).status);
    return all;
  };
  const from = { "x-forwarded-for": "192.0.2.1" };
  expect(await statuses(22, () => upgrade("192.0.2.1"))).toEqual([...Array(20).fill(101), 429, 429]);
  const refused = await upgrade("192.0.2.1");
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toEqual({ error: "there are too many requests from this address" });
  expect(await statuses(12, () => ask("/", from))).toEqual([...Array(10).fill(200), 429, 429]);
  expect((await upgrade("192.0.2.2")).status).toBe(101);
  expect((await ask("/", { "x-forwarded-for": "192.0.2.2" })).status).toBe(200);
  expect((await ask("/health", from)).status).toBe(200);
  expect((await ask("/?/health", from)).status).toBe(429);
  expect((await ask("/api/health", from)).status).toBe(429);
  clock.advance(1_000);
  expect(await statuses(3, () => upgrade("192.0.2.1"))).toEqual([101, 101, 429]);
  expect(await statuses(2, () => ask("/", from))).toEqual([200, 429]);
  expect(exceeded().map(({ limit }) => limit)).toEqual([
    "rates.handshakes_per_address",
    "rates.http_per_address",
  ]);
});

test("LIMIT-6: with rates on, a proxy that nobody has named is in the log, once; with rates off, or named, it is not", async () => {
  const headers = { "x-forwarded-for": "192.0.2.1" };
  const told = async (config: Pick<Partial<Config>, "rateLimits" | "trustedProxies">) => {
    const log = new LineLog();
    await using server = await openServer({ log, ...config });
    await fetch(new URL("/health", server.url));
    expect(log.of("proxy.unnamed")).toEqual([]);
    await fetch(new URL("/health", server.url), { headers });
    await fetch(new URL("/health", server.url), { headers: { forwarded: "for=192.0.2.1" } });
    return log.of("proxy.unnamed");
  };
  expect(await told({ rateLimits: DEFAULT_RATE_LIMITS })).toEqual([
    { from: "127.0.0.1", setting: "trusted_proxies", help: expect.any(String) },
  ]);
  expect(await told({})).toEqual([]);
  expect(await told({ rateLimits: DEFAULT_RATE_LIMITS, trustedProxies: ["127.0.0.0/8"] })).toEqual([]);
});

test("LIMIT-3 LIMIT-7: who sends too many requests is read again when it is within its rate, and nothing is lost", async () => {
  await using place = await open({}, { requestsPerConnection: 10 });
  const { server, clock, exceeded } = place;
  const honest = await NativeClient.connect(server.url, "Honest");
  await honest.follow("r");
  const hasty = await NativeClient.connect(server.url, "Hasty");
  // One request for hello: 99 are left, and then it is 21 s ahead.
  sendAtOnce(
    hasty,
    Array.from({ length: 309 }, (_, i) => ({ op: "publish", room: "r", type: "note", data: i })),
  );
  await honest.received(309);
  let later = false;
  const next = hasty.publish("r", "note", "later").then(() => {
    later = true;
  });
  for (let i = 0; i < 20; i++) await honest.ok({ op: "ping" });
  clock.advance(20_999);
  for (let i = 0; i < 20; i++) await honest.ok({ op: "ping" });
  expect(later).toBe(false);
  expect(exceeded()).toEqual([
    { limit: "rates.requests_per_connection", connection: 2, from: "127.0.0.1", action: "slowed" },
  ]);
  clock.advance(1);
  await next;
  await honest.received(310);
  expect(honest.messages.map(({ data }) => data)).toEqual([...Array(309).keys(), "later"]);
});

for (const [what, rates, spend, limit] of [
  [
    "bytes",
    { bytesPerConnection: 1_000 },
    () => [JSON.stringify({ op: "ping", ref: 9, pad: "x".repeat(11_000) })],
    "rates.bytes_per_connection",
  ],
  [
    "the requests of a batch",
    { requestsPerConnection: 10 },
    () => [JSON.stringify(Array.from({ length: 150 }, (_, i) => ({ op: "ping", ref: i })))],
    "rates.requests_per_connection",
  ],
  [
    "rooms that it joins first",
    { roomsPerConnection: 1 },
    () =>
      Array.from({ length: 11 }, (_, i) => [
        JSON.stringify({ op: "join", ref: 1, room: `new ${i}` }),
        JSON.stringify({ op: "leave", ref: 2, room: `new ${i}` }),
      ]).flat(),
    "rates.rooms_per_connection",
  ],
  [
    "rooms that it publishes to first",
    { roomsPerConnection: 1 },
    () =>
      Array.from({ length: 11 }, (_, i) =>
        JSON.stringify({ op: "publish", ref: 1, room: `new ${i}`, type: "note", data: 1 }),
      ),
    "rates.rooms_per_connection",
  ],
] as const) {
  test(`LIMIT-3: ${what} count`, async () => {
    await using place = await open({}, rates);
    const { server, clock, exceeded } = place;
    const honest = await NativeClient.connect(server.url, "Honest");
    const hasty = await NativeClient.connect(server.url, "Hasty");
    for (let i = 0; i < 50; i++) await hasty.ok({ op: "ping" }); // merely talking costs little
    expect(exceeded()).toEqual([]);
    const frames = spend();
    for (const frame of frames) hasty.send(frame);
    // The answers to what was read; then it is held.
    await hasty.frames.when(() => exceeded().length > 0 || hasty.frames.all.length > 10_000);
    expect(exceeded()).toEqual([{ limit, connection: 2, from: "127.0.0.1", action: "slowed" }]);
    let answered = false;
    const ping = hasty.ok({ op: "ping" }).then(() => {
      answered = true;
    });
    for (let i = 0; i < 20; i++) await honest.ok({ op: "ping" });
    expect(answered).toBe(false);
    clock.advance(60_000);
    await ping;
  });
}

test("LIMIT-11: what the filter of a join passes over counts, and what it lets through does not", async () => {
  await using place = await open({}, { scannedPerConnection: 100 });
  const { server, clock, exceeded } = place;
  const honest = await NativeClient.connect(server.url, "Honest");
  await honest.ok({ op: "join", room: "r" });
  const publishes = Array.from(
    { length: 600 },
    (_, i): Request => ({
      op: "publish",
      room: "r",
      type: "note",
      data: i,
    }),
  );
  sendAtOnce(honest, publishes);
  await honest.received(600);
  const reader = await NativeClient.connect(server.url, "Reader");
  for (let i = 0; i < 3; i++) {
    await reader.follow("r", { history: 600, types: ["note"] });
    await reader.ok({ op: "leave", room: "r" });
  }
  expect(exceeded()).toEqual([]);
  await reader.follow("r", { history: 600, types: ["none"] });
  expect(exceeded()).toEqual([]);
  await reader.ok({ op: "leave", room: "r" });
  await reader.follow("r", { history: 600, types: ["none"] });
  const limit = "rates.scanned_per_connection";
  expect(exceeded()).toEqual([{ limit, connection: 2, from: "127.0.0.1", action: "slowed" }]);
  let answered = false;
  const ping = reader.ok({ op: "ping" }).then(() => {
    answered = true;
  });
  for (let i = 0; i < 20; i++) await honest.ok({ op: "ping" });
  expect(answered).toBe(false);
  clock.advance(10_000);
  await ping;
});

test("LIMIT-3: the connections of one user share a rate; those of another do not", async () => {
  await using place = await open({}, { requestsPerUser: 10 });
  const { server, clock, exceeded } = place;
  const honest = await NativeClient.connect(server.url, "Honest");
  const one = await NativeClient.connect(server.url, "Twin");
  const other = await NativeClient.connect(server.url, "Twin");
  for (let i = 0; i < 60; i++) await one.ok({ op: "ping" });
  expect(exceeded()).toEqual([]);
  sendAtOnce(other, Array<Request>(60).fill({ op: "ping" }));
  await other.frames.when(() => other.frames.all.filter(({ op }) => op === "pong").length === 60);
  expect(exceeded()).toEqual([
    { limit: "rates.requests_per_user", connection: 3, from: "127.0.0.1", action: "slowed" },
  ]);
  let answered = false;
  const ping = other.ok({ op: "ping" }).then(() => {
    answered = true;
  });
  for (let i = 0; i < 100; i++) await honest.ok({ op: "ping" });
  expect(answered).toBe(false);
  clock.advance(10_000);
  await ping;
});

test("LIMIT-13 LIMIT-7: the guests of one address share a rate, whatever they call themselves; other guests and users do not", async () => {
  await using place = await open({}, { guestRequestsPerAddress: 10 });
  const { server, clock, exceeded } = place;
  const names = Array.from({ length: 10 }, (_, i) => `Name ${i}`);
  const guests = await Promise.all(names.map((name) => NativeClient.connect(server.url, name)));
  // 10 requests for hello, and 90 until the rate is used up.
  for (const guest of guests) for (let i = 0; i < 9; i++) await guest.ok({ op: "ping" });
  expect(exceeded()).toEqual([]);
  const [one, other] = [guests.at(0), guests.at(-1)];
  await one?.ok({ op: "ping" });
  expect(exceeded()).toEqual([
    { limit: "rates.guest_requests_per_address", connection: 1, from: "127.0.0.1", action: "slowed" },
  ]);
  await other?.ok({ op: "ping" });
  let answered = false;
  const ping = other?.ok({ op: "ping" }).then(() => {
    answered = true;
  });
  expect(await pongFrom("192.0.2.7", server.url, "Name 0")).toBe(true);
  expect(answered).toBe(false);
  clock.advance(10_000);
  await ping;
});

/** Whether a guest behind the proxy is answered. */
async function pongFrom(address: string, server: URL, user: string): Promise<boolean> {
  const url = new URL("/ws", server).href.replace("http", "ws");
  const socket = new WebSocket(url, { protocols: [SUBPROTOCOL], headers: { "x-forwarded-for": address } });
  const answered = Promise.withResolvers<boolean>();
  socket.onopen = () => socket.send(`[{"op":"hello","ref":1,"user":"${user}"},{"op":"ping","ref":2}]`);
  socket.onmessage = ({ data }) => {
    if (String(data).includes('"pong"')) answered.resolve(true);
  };
  socket.onclose = () => answered.resolve(false);
  return answered.promise.finally(() => socket.close());
}

test("LIMIT-3 CLOSE-1: who is far ahead of a rate nevertheless is closed with the reason, and nobody else is", async () => {
  await using place = await open({}, { requestsPerConnection: 10, controlFrames: 10 });
  const { server, exceeded } = place;
  const eren = await ChatClient.enter(server.url, "room1", "Eren");
  for (const [flood, limit] of [
    [clientFrame(OPCODE.ping, Buffer.alloc(0)), "rates.control_frames"],
    [clientFrame(OPCODE.pong, Buffer.alloc(0)), "rates.control_frames"],
    [clientFrame(OPCODE.text, Buffer.from("{}")), "rates.requests_per_connection"],
  ] as const) {
    const raw = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
    raw.text('{"op":"hello","ref":0,"user":"Flood"}');
    await raw.frames.next();
    raw.write(Buffer.concat(Array(2_000).fill(flood)));
    expect(await raw.closed()).toEqual({
      code: CLOSE.flooding.code,
      reason: `${CLOSE.flooding.reason}: ${limit}`,
    });
    await raw.gone;
  }
  eren.send("still here");
  await eren.said("still here");
  expect(exceeded().map(({ limit, action }) => `${limit} ${action}`)).toEqual([
    "rates.control_frames slowed",
    "rates.control_frames closed",
    "rates.requests_per_connection slowed",
    "rates.requests_per_connection closed",
  ]);
});

test("LIMIT-3: where rates are off, nobody is slowed", async () => {
  await using place = await open({});
  const client = await NativeClient.connect(place.server.url, "Hasty");
  await Promise.all(Array.from({ length: 20_000 }, () => client.ok({ op: "ping" })));
  expect(place.exceeded()).toEqual([]);
});

test("LIMIT-5: the 101st pattern of a connection is refused; its rooms are not", async () => {
  await using place = await open({});
  const client = await NativeClient.connect(place.server.url, "Greedy");
  for (let i = 0; i < 100; i++) await client.join(`p${i}.*`);
  expect(await client.request({ op: "join", room: "p100.*" })).toMatchObject({
    name: "too_many_rooms",
    message: "A connection may listen to 100 patterns.",
  });
  await client.join("a room");
  await client.ok({ op: "leave", room: "p0.*" });
  await client.join("p100.*");
});
