import { expect, setDefaultTimeout, test } from "bun:test";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { residentMemory } from "@fanfare/testing/resident-memory";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";

setDefaultTimeout(600_000);

/** `FANFARE_BOARD_MESSAGES=1000000` proves it at the size of the promise, in about a minute. */
const MESSAGES = Number(process.env.FANFARE_BOARD_MESSAGES ?? 50_000);
/** In all more than any kernel's buffers hold, and much more than may wait for one client. */
const FILLER = "x".repeat(380);
const SLOW_READERS = 4;

test("BOARD-1 JOIN-6 FLOW-1 FLOW-3: a long board, replayed to clients that read slowly, costs a bounded memory and delays nobody", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--limits-stalled", "1h"); // they take nothing for a while
  await fill(server.url);
  const live = await WebSocketClient.open("live", server.url, "/board?history=0");

  // Each begins to be told everything, and takes nothing.
  const before = residentMemory(server.pid);
  const slow = await Promise.all(
    Array.from({ length: SLOW_READERS }, () => RawSocket.open(server.url, "/board")),
  );
  for (const reader of slow) reader.stall();

  // Meanwhile others are served, one after the other: each waits for its own frame.
  const laps: number[] = [];
  for (let i = 0; i < 200; i++) {
    const begun = performance.now();
    live.send(`{"live":"${i}"}`);
    await live.frames.take(1);
    laps.push(performance.now() - begun);
  }
  laps.sort((a, b) => a - b);
  expect(laps[Math.floor(laps.length * 0.9)]).toBeLessThan(250);
  const grown = residentMemory(server.pid) - before;
  expect(grown).toBeLessThan(100_000_000);

  // They read again, a little at a time, and nothing is missing.
  await Promise.all(slow.map((reader) => readSlowly(reader, MESSAGES + laps.length)));
  expect(residentMemory(server.pid) - before).toBeLessThan(200_000_000);
  for (const reader of slow) reader.destroy();
});

/** Many to a frame, as fast as they are kept. */
async function fill(server: URL): Promise<void> {
  const batch = 100;
  const native = await WebSocketClient.open("filler", server, "/ws", SUBPROTOCOL);
  native.send('{"op":"hello","ref":0,"user":"Armin"}');
  let sent = 0;
  const send = () => {
    const requests = Array.from({ length: Math.min(batch, MESSAGES - sent) }, () => {
      const data = `{"n":"${++sent}","filler":"${FILLER}"}`;
      return `{"op":"publish","ref":${sent},"room":"board:main","type":"board","data":${data}}`;
    });
    if (requests.length > 0) native.send(`[${requests.join(",")}]`);
  };
  await native.frames.take(1);
  let kept = 0;
  const full = Promise.withResolvers<void>();
  native.onFrame = (text) => {
    native.frames.all.length = 0;
    for (const { op } of [JSON.parse(text)].flat()) {
      if (op !== "ok") throw new Error(text);
      if (++kept % batch === 0) send();
      if (kept === MESSAGES) full.resolve();
    }
  };
  for (let i = 0; i < 8; i++) send();
  await Promise.race([full.promise, native.closed]);
  expect(kept).toBe(MESSAGES);
  await native.close();
}

/** A piece at a time, each when the one before has been looked at. */
async function readSlowly(reader: RawSocket, count: number): Promise<void> {
  const { all } = reader.frames;
  let next = 0;
  while (next < count) {
    reader.resume();
    await reader.frames.when(() => all.length > 0, `frame ${next}`);
    reader.stall();
    for (const { payload } of all.splice(0)) {
      const begins = next < MESSAGES ? `{"n":"${next + 1}",` : `{"live":"${next - MESSAGES}",`;
      if (payload.toString("utf8", 0, begins.length) !== begins)
        throw new Error(`frame ${next} is ${payload}`);
      next++;
    }
  }
}
