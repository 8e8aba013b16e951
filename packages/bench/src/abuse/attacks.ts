import { deflateRawSync } from "node:zlib";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { clientFrame, OPCODE, textFrame } from "@fanfare/testing/frame-writer";
import { upgradeRequest } from "@fanfare/testing/upgrade-request";
import type { AttackName, AttackResult } from "./attack.ts";
import { AttackSocket } from "./attack-socket.ts";
import { fillRooms, joinFiltered } from "./filtered-joins.ts";
import { StalledSocket } from "./stalled-socket.ts";

/** Milliseconds that an attack may take. */
const LONGEST = 60_000;
/** Milliseconds of an attack that has no end of its own. */
const FLOOD = 10_000;
const SOCKETS = 2_000;
const NAMES = 1_000_000;
const KEPT = 300_000;
const STALLED = 1_000;
const NOTHING = Buffer.alloc(0);

/** What an attack needs on the server before it begins. */
export const preparations: Partial<Record<AttackName, (url: URL) => Promise<void>>> = {
  "filtered-joins": fillRooms,
};

export const attacks: Readonly<Record<AttackName, (url: URL) => Promise<AttackResult>>> = {
  /** Each begins a request and sends one byte of it per second. */
  async "slow-handshakes"(url) {
    const heads = ["", "G", upgradeRequest(new URL("/ws", url), SUBPROTOCOL).slice(0, -4)];
    const sockets = await openAll(SOCKETS, (i) => AttackSocket.connect(url, heads[i % heads.length] ?? ""));
    const drip = setInterval(() => {
      for (const each of sockets) if (!each.isGone) void each.send(Buffer.from("a"));
    }, 1_000);
    await within(LONGEST, Promise.all(sockets.map(({ gone }) => gone)));
    clearInterval(drip);
    return end(sockets, "began a request and did not end it");
  },

  async "no-hello"(url) {
    const sockets = await openAll(SOCKETS, () => AttackSocket.open(url));
    await within(LONGEST, Promise.all(sockets.map(({ gone }) => gone)));
    return end(sockets, "opened a WebSocket and said nothing");
  },

  async "room-names"(url) {
    const one = await connect(url, "Greedy");
    let names = 0;
    const until = performance.now() + LONGEST;
    while (names < NAMES && !one.isGone && performance.now() < until) {
      const requests: string[] = [];
      for (let i = 0; i < 250; i++) {
        const room = `name ${names++}`;
        requests.push(`{"op":"join","ref":1,"room":"${room}"},{"op":"leave","ref":2,"room":"${room}"}`);
      }
      await within(until - performance.now(), one.send(textFrame(`[${requests}]`)));
    }
    return end([one], `sent joins and leaves of ${names} rooms`);
  },

  async "kept-rooms"(url) {
    const one = await connect(url, "Founder");
    let names = 0;
    const until = performance.now() + LONGEST;
    while (names < KEPT && !one.isGone && performance.now() < until) {
      const requests: string[] = [];
      for (let i = 0; i < 250; i++) {
        requests.push(`{"op":"publish","ref":1,"room":"kept ${names++}","type":"note","data":1}`);
      }
      await within(until - performance.now(), one.send(textFrame(`[${requests}]`)));
    }
    return end([one], `sent publishes to ${names} rooms`);
  },

  pings: (url) =>
    flood(url, "pings", Buffer.concat(Array(20_000).fill(clientFrame(OPCODE.ping, NOTHING))), true),

  fragments: (url) =>
    flood(
      url,
      "empty fragments",
      Buffer.concat(Array(20_000).fill(clientFrame(OPCODE.continuation, NOTHING, { final: false }))),
      false,
    ),

  async bombs(url) {
    const payload = deflateRawSync(Buffer.alloc(60 * 1024 ** 2, " "));
    const bomb = clientFrame(OPCODE.text, payload, { compressed: true });
    const sockets = await openAll(500, async (i) => {
      const one = await connect(url, `Bomber ${i}`);
      await one.send(bomb);
      return one;
    });
    await within(LONGEST, Promise.all(sockets.map(({ gone }) => gone)));
    return end(sockets, "sent 60 MiB, compressed");
  },

  "filtered-joins": joinFiltered,

  /** Each message to echo asks for a line of the log. */
  async "echo-log"(url) {
    const message = textFrame("x".repeat(200));
    const block = Buffer.concat(Array(100).fill(message));
    const sockets = await openAll(8, async () => {
      const one = await AttackSocket.connect(url, upgradeRequest(new URL("/echo", url)));
      await one.answered;
      return one;
    });
    const until = performance.now() + FLOOD;
    let sent = 0;
    await Promise.all(
      sockets.map(async (one) => {
        while (!one.isGone && performance.now() < until) {
          await within(until - performance.now(), one.send(block));
          sent += 100;
        }
      }),
    );
    return end(sockets, `sent ${sent.toLocaleString("en-US")} messages to echo`);
  },

  /** Members of a busy room that do not read. */
  async unread(url) {
    const sockets = await openAll(20, async (i) => {
      const one = await connect(url, `Unread ${i}`);
      await one.send(textFrame('{"op":"join","ref":1,"room":"busy"}'));
      one.pause();
      return one;
    });
    const publisher = await connect(url, "Busy");
    const message = busyMessage(30_000);
    const until = performance.now() + FLOOD;
    let published = 0;
    while (performance.now() < until && !publisher.isGone) {
      await within(until - performance.now(), publisher.send(message));
      published++;
      await Bun.sleep(5);
    }
    publisher.destroy();
    for (const each of sockets) each.resume();
    await within(LONGEST, Promise.all(sockets.map(({ gone }) => gone)));
    return end(sockets, `read none of ${published} messages of 30 KB`);
  },

  /** Members of a busy room that do not read, and that come back whenever they are cut off. */
  async "stalled-readers"(url) {
    const request = upgradeRequest(new URL("/ws", url), SUBPROTOCOL);
    const join = textFrame('[{"op":"hello","ref":0,"user":"Stalled"},{"op":"join","ref":1,"room":"busy"}]');
    const open = () => StalledSocket.connect(url, request, join);
    const sockets = Array.from({ length: STALLED }, open);
    const publisher = await connect(url, "Busy");
    const until = performance.now() + 2 * FLOOD;
    let published = 0;
    let cut = 0;
    while (performance.now() < until && !publisher.isGone) {
      await publisher.send(busyMessage(60_000));
      published++;
      await Bun.sleep(250);
      for (const [i, socket] of sockets.entries()) {
        if (socket.isOpen) continue;
        cut++;
        socket.close();
        sockets[i] = open();
      }
    }
    publisher.destroy();
    for (const each of sockets) each.close();
    const done = `at a time read none of ${published} messages of 60 KB`;
    return { connections: sockets.length, endings: { "cut off": cut, open: sockets.length }, done };
  },

  /** Each connection asks for to-dos with a body that does not come, again and again. */
  async "slow-todos"(url) {
    const until = performance.now() + FLOOD;
    const sockets: AttackSocket[] = [];
    const renew = async () => {
      while (performance.now() < until) {
        const one = await AttackSocket.connect(url, slowTodo(url));
        sockets.push(one);
        await within(until - performance.now(), one.gone);
        if (one.isGone) one.destroy();
        await Bun.sleep(1_000);
      }
    };
    await Promise.all(Array.from({ length: 256 }, renew));
    return end(sockets, "began a request for to-dos and did not send its body, 256 at a time");
  },
};

/** A publish to the room of the members that do not read. */
function busyMessage(bytes: number): Buffer {
  const data = "x".repeat(bytes);
  return textFrame(`{"op":"publish","ref":1,"room":"busy","type":"note","data":"${data}"}`);
}

/** Sends the beginning of a request for to-dos, from an address that the trusted proxy names. */
function slowTodo(url: URL): string {
  return `POST /api/todos HTTP/1.1\r\nHost: ${url.host}\r\nX-Forwarded-For: 192.0.2.1\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`;
}

/** Four connections that send the same bytes until the server closes them. */
async function flood(url: URL, what: string, block: Buffer, ignoresReplies: boolean): Promise<AttackResult> {
  const sockets = await openAll(4, (i) => connect(url, `Flood ${i}`));
  let blocks = 0;
  const until = performance.now() + FLOOD;
  await Promise.all(
    sockets.map(async (one) => {
      if (!ignoresReplies) await one.send(clientFrame(OPCODE.text, Buffer.from("{"), { final: false }));
      while (!one.isGone && performance.now() < until) {
        await within(until - performance.now(), one.send(block));
        blocks++;
      }
    }),
  );
  return end(sockets, `sent ${(blocks * 20_000).toLocaleString("en-US")} ${what}`);
}

async function connect(url: URL, user: string): Promise<AttackSocket> {
  const one = await AttackSocket.open(url);
  await one.send(textFrame(`{"op":"hello","ref":0,"user":"${user}"}`));
  return one;
}

/** A hundred at a time, since the listener's queue is short. */
async function openAll(count: number, one: (i: number) => Promise<AttackSocket>): Promise<AttackSocket[]> {
  const all: AttackSocket[] = [];
  for (let from = 0; from < count; from += 100) {
    const some = Array.from({ length: Math.min(100, count - from) }, (_, i) => one(from + i));
    all.push(...(await Promise.all(some)));
  }
  return all;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, Math.max(0, ms));
  await Promise.race([work, timer.promise]);
  clearTimeout(timeout);
}

function end(sockets: readonly AttackSocket[], done: string): AttackResult {
  const endings: Record<string, number> = {};
  for (const { ending } of sockets) endings[ending] = (endings[ending] ?? 0) + 1;
  for (const each of sockets) each.destroy();
  return { connections: sockets.length, endings, done };
}
