import { deflateRawSync } from "node:zlib";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { clientFrame, OPCODE, textFrame } from "@fanfare/testing/frame-writer";
import { upgradeRequest } from "@fanfare/testing/upgrade-request";
import { Offender } from "./offender.ts";
import type { Attack, Outcome } from "./orders.ts";

/** No attack goes on for longer, ms. */
const LONGEST = 60_000;
/** Of what could go on for ever. */
const FLOOD = 10_000;
const CROWD = 2_000;
const NAMES = 1_000_000;
const KEPT = 300_000;
const NOTHING = Buffer.alloc(0);

export const attacks: Readonly<Record<Attack, (url: URL) => Promise<Outcome>>> = {
  /** Begin a request, and then send a byte of it now and again. */
  async "slow-handshakes"(url) {
    const heads = ["", "G", upgradeRequest(new URL("/ws", url), SUBPROTOCOL).slice(0, -4)];
    const crowd = await gather(CROWD, (i) => Offender.connect(url, heads[i % heads.length] ?? ""));
    const drip = setInterval(() => {
      for (const each of crowd) if (!each.isGone) void each.send(Buffer.from("a"));
    }, 1_000);
    await within(LONGEST, Promise.all(crowd.map(({ gone }) => gone)));
    clearInterval(drip);
    return end(crowd, "began a request and did not end it");
  },

  async "no-hello"(url) {
    const crowd = await gather(CROWD, () => Offender.open(url));
    await within(LONGEST, Promise.all(crowd.map(({ gone }) => gone)));
    return end(crowd, "opened a WebSocket and said nothing");
  },

  async "room-names"(url) {
    const one = await greeted(url, "Greedy");
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
    const one = await greeted(url, "Founder");
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
    const crowd = await gather(500, async (i) => {
      const one = await greeted(url, `Bomber ${i}`);
      await one.send(bomb);
      return one;
    });
    await within(LONGEST, Promise.all(crowd.map(({ gone }) => gone)));
    return end(crowd, "sent 60 MiB, compressed");
  },

  /** Members of a busy room who do not read. */
  async unread(url) {
    const crowd = await gather(20, async (i) => {
      const one = await greeted(url, `Unread ${i}`);
      await one.send(textFrame('{"op":"join","ref":1,"room":"busy"}'));
      one.stopReading();
      return one;
    });
    const publisher = await greeted(url, "Busy");
    const message = textFrame(
      `{"op":"publish","ref":1,"room":"busy","type":"note","data":"${"x".repeat(30_000)}"}`,
    );
    const until = performance.now() + FLOOD;
    let published = 0;
    while (performance.now() < until && !publisher.isGone) {
      await within(until - performance.now(), publisher.send(message));
      published++;
      await Bun.sleep(5);
    }
    publisher.destroy();
    for (const each of crowd) each.readOn();
    await within(LONGEST, Promise.all(crowd.map(({ gone }) => gone)));
    return end(crowd, `read none of ${published} messages of 30 KB`);
  },
};

/** Four connections that send the same for as long as they are let. */
async function flood(url: URL, what: string, block: Buffer, isDeaf: boolean): Promise<Outcome> {
  const crowd = await gather(4, (i) => greeted(url, `Flood ${i}`));
  let blocks = 0;
  const until = performance.now() + FLOOD;
  await Promise.all(
    crowd.map(async (one) => {
      if (!isDeaf) await one.send(clientFrame(OPCODE.text, Buffer.from("{"), { final: false }));
      while (!one.isGone && performance.now() < until) {
        await within(until - performance.now(), one.send(block));
        blocks++;
      }
    }),
  );
  return end(crowd, `sent ${(blocks * 20_000).toLocaleString("en-US")} ${what}`);
}

async function greeted(url: URL, user: string): Promise<Offender> {
  const one = await Offender.open(url);
  await one.send(textFrame(`{"op":"hello","ref":0,"user":"${user}"}`));
  return one;
}

/** Not all at once: the queue of those who connect is short. */
async function gather(count: number, one: (i: number) => Promise<Offender>): Promise<Offender[]> {
  const all: Offender[] = [];
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

function end(crowd: readonly Offender[], done: string): Outcome {
  const endings: Record<string, number> = {};
  for (const { ending } of crowd) endings[ending] = (endings[ending] ?? 0) + 1;
  for (const each of crowd) each.destroy();
  return { offenders: crowd.length, endings, done };
}
