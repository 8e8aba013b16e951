/** What costs a server memory, time or places, with rates off: the bounds that never are. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { deflateRawSync } from "node:zlib";
import { CLOSE, SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { clientFrame, OPCODE } from "@fanfare/testing/frame-writer";
import { ManualClock } from "@fanfare/testing/manual-clock";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { residentMemory } from "@fanfare/testing/resident-memory";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { startSlowReader } from "./support/slow-reader.ts";

const MIB = 1024 * 1024;
const data = scratchDirectory();
let server: ServerProcess;
/** Talks in a room of its own all along, and must be answered in order. */
let honest: NativeClient;
let said = 0;
/** Begin requests and do not end them, through all of the tests. */
let slow: readonly { readonly gone: Promise<void> }[];

beforeAll(async () => {
  server = await ServerProcess.start(data.path);
  honest = await NativeClient.connect(server.url, "Honest");
  await honest.follow("calm");
  const heads = ["", "G", "GET /ws HTTP/1.1\r\nHost: a\r\nX-A: "];
  slow = await Promise.all(Array.from({ length: 300 }, (_, i) => openSlow(heads[i % 3] ?? "")));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

/** A publish of the honest client is kept and comes back. */
async function talk(times = 20): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { offset } = await honest.publish("calm", "note", ++said);
    expect(offset).toBe(said);
  }
  await honest.received(said);
  expect(honest.messages.slice(-times).map(({ data: number }) => number)).toEqual(
    Array.from({ length: times }, (_, i) => said - times + 1 + i),
  );
}

/** Bytes that the server holds more after `work` than before. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = residentMemory(server.pid);
  await work();
  return residentMemory(server.pid) - before;
}

async function greeted(user: string): Promise<RawSocket> {
  const raw = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  raw.text(`{"op":"hello","ref":0,"user":"${user}"}`);
  await raw.frames.next();
  return raw;
}

describe("frames", () => {
  test("LIMIT-4: compression is offered in vain, and a bomb is closed with 1002, unopened", async () => {
    const headers = {
      ...UPGRADE_HEADERS,
      "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
    };
    const answer = await fetch(new URL("/ws", server.url), { headers });
    expect([answer.status, answer.headers.get("sec-websocket-extensions")]).toEqual([101, null]);
    const bomb = deflateRawSync(Buffer.alloc(60 * MIB, " "));
    expect(bomb.length).toBeLessThan(64 * 1024);
    const grown = await growth(async () => {
      const raws = await Promise.all(Array.from({ length: 10 }, (_, i) => greeted(`Bomber ${i}`)));
      for (const raw of raws) raw.frame(OPCODE.text | 0x40, bomb);
      const ends = await Promise.all(raws.map((raw) => raw.closed()));
      expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1002]));
      await talk();
    });
    expect(grown).toBeLessThan(32 * MIB);
  });

  test("LIMIT-4 FRAME-5: fragments that come to more than a frame are closed with 1009", async () => {
    const raw = await greeted("Shredder");
    const grown = await growth(async () => {
      raw.frame(OPCODE.text, Buffer.from(" "), false);
      raw.write(
        Buffer.concat(
          Array(100_000).fill(clientFrame(OPCODE.continuation, Buffer.from(" "), { final: false })),
        ),
      );
      expect(await raw.closed()).toMatchObject({ code: CLOSE.tooBig.code });
      await talk();
    });
    expect(grown).toBeLessThan(32 * MIB);
  });

  test("LIMIT-4: a million fragments without content cost no memory, and nobody is held up", async () => {
    const raw = await greeted("Drizzle");
    const grown = await growth(async () => {
      raw.frame(OPCODE.text, Buffer.from('{"op":"ping",'), false);
      const some = Buffer.concat(
        Array(10_000).fill(clientFrame(OPCODE.continuation, Buffer.alloc(0), { final: false })),
      );
      for (let i = 0; i < 100; i++) {
        raw.write(some);
        if (i % 10 === 0) await talk(2);
      }
      raw.frame(OPCODE.continuation, Buffer.from('"ref":7}'));
      expect((await raw.frames.next()).payload.toString()).toBe('{"op":"pong","ref":7}');
    });
    expect(grown).toBeLessThan(32 * MIB);
    raw.destroy();
  });

  test("LIMIT-4 LIVE-1: who sends nothing but fragments is silent", async () => {
    const limits = { pingMs: 100, deadMs: 300 };
    await using impatient = await openServer({ limits });
    const raw = await RawSocket.open(impatient.url, "/ws", SUBPROTOCOL);
    raw.text('{"op":"hello","ref":0,"user":"Drizzle"}');
    await raw.frames.next();
    raw.frame(OPCODE.text, Buffer.from("{"), false);
    const drizzle = setInterval(() => raw.frame(OPCODE.continuation, Buffer.alloc(0), false), 10);
    expect(await raw.closed()).toEqual(CLOSE.silent);
    clearInterval(drizzle);
    raw.destroy();
  });

  test("LIMIT-3: a flood of pings is answered or cut, costs no memory, and holds nobody up", async () => {
    const raw = await greeted("Pinger");
    const grown = await growth(async () => {
      const some = Buffer.concat(Array(10_000).fill(clientFrame(OPCODE.ping, Buffer.alloc(0))));
      raw.stall(); // it does not even take the pongs
      for (let i = 0; i < 100; i++) {
        raw.write(some);
        if (i % 10 === 0) await talk(2);
      }
    });
    expect(grown).toBeLessThan(32 * MIB);
    raw.destroy();
  });

  test("LIMIT-9: also with rates off, a flood of pings is closed with 4502 and its name is in the log, once", async () => {
    const some = Buffer.concat(Array(10_000).fill(clientFrame(OPCODE.ping, Buffer.alloc(0))));
    for (let i = 0; i < 3; i++) {
      const raw = await greeted("Pinger");
      raw.write(some);
      const { code, reason } = await raw.closed();
      expect([code, reason]).toEqual([CLOSE.flooding.code, "far past a rate: control frames"]);
    }
    await talk();
    await server.printed(/limit\.exceeded.*control frames/);
    expect(server.stdout.match(/limit\.exceeded.*control frames/g)).toHaveLength(1);
  });
});

test("FLOW-1: a reader of one byte a second in a busy room is cut, and the others hear everything", async () => {
  const eren = await ChatClient.enter(server.url, "busy", "Eren");
  using reader = startSlowReader(server.url, "/ws/busy?username=Sloth");
  await eren.next(({ type, username }) => type === "user_joined" && username === "Sloth");
  const member = await NativeClient.connect(server.url, "Member");
  await member.follow("chat:busy");
  const text = "x".repeat(30_000);
  let cut = false;
  const left = eren
    .next(({ type, username }) => type === "user_left" && username === "Sloth")
    .then(() => {
      cut = true;
    });
  let published = 0;
  const grown = await growth(async () => {
    while (!cut && published < 2_000) {
      await Promise.all(Array.from({ length: 16 }, () => member.publish("chat:busy", "chat", { text })));
      published += 16;
    }
    await left;
  });
  await member.received(published);
  expect(member.messages.map(({ offset }) => offset)).toEqual(
    Array.from({ length: published }, (_, i) => i + 1),
  );
  expect(grown).toBeLessThan(96 * MIB); // what the room keeps for joins is among it
  await talk();
  expect(await reader.bytesRead()).toBeLessThan(1_000);
});

test("LIMIT-8 JOIN-5: a hundred thousand room names of one client leave nothing behind", async () => {
  const client = await NativeClient.connect(server.url, "Greedy");
  const grown = await growth(async () => {
    for (let i = 0; i < 100_000; i += 1_000) {
      const batch: string[] = [];
      for (let j = i; j < i + 1_000; j++) {
        const room = `name ${j}`;
        batch.push(
          JSON.stringify({ op: "join", ref: 2 * j, room }),
          JSON.stringify({ op: "leave", ref: 2 * j + 1, room }),
        );
      }
      for (let from = 0; from < batch.length; from += 500) client.send(`[${batch.slice(from, from + 500)}]`);
      await client.ok({ op: "ping" });
      if (i % 10_000 === 0) await talk(2);
    }
  });
  expect(grown).toBeLessThan(96 * MIB);
  await client.close();
});

test("LIMIT-2 HELLO-1: sockets that never say hello are closed, and everyone else is served", async () => {
  const clock = new ManualClock();
  await using own = await openServer({ clock });
  const mute = await Promise.all(
    Array.from({ length: 300 }, () => RawSocket.open(own.url, "/ws", SUBPROTOCOL)),
  );
  const armin = await NativeClient.connect(own.url, "Armin");
  clock.advance(10_000);
  expect(await armin.publish("r", "note", 1)).toMatchObject({ offset: 1 });
  for (const end of await Promise.all(mute.map((raw) => raw.closed())))
    expect(end).toEqual(CLOSE.helloTimeout);
  expect(await armin.publish("r", "note", 2)).toMatchObject({ offset: 2 });
});

test("LIMIT-2: slow handshakes are closed, and everyone else is served", async () => {
  await Promise.all(slow.map(({ gone }) => gone));
  await talk();
  expect(server.stdout).not.toContain("server.fault");
  expect(server.stderr).toBe("");
});

/** Sends a part of a request, and then a byte now and again. */
async function openSlow(head: string): Promise<{ gone: Promise<void> }> {
  const socket: Socket = connect(Number(server.url.port), server.url.hostname);
  const gone = Promise.withResolvers<void>();
  socket.on("error", () => {});
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  if (head !== "") socket.write(head);
  const drip = head.length > 1 ? setInterval(() => socket.write("a"), 200) : undefined;
  socket.on("close", () => {
    clearInterval(drip);
    gone.resolve();
  });
  socket.resume();
  return { gone: gone.promise };
}
