import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { CLOSE, SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { DEADLINE } from "@fanfare/testing/deadline";
import { IdempotentPublisher } from "@fanfare/testing/idempotent-publisher";
import { ManualClock } from "@fanfare/testing/manual-clock";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { DEFAULT_CONFIG } from "../src/config/config.ts";

const HALF = 100;
const PUBLISHERS = 10;

test("CLOSE-2 STOP-1 STOP-2 KEEP-1: 200 connections, some in the midst of publishes: exit code 0, all told, nothing acknowledged lost", async () => {
  using data = scratchDirectory();
  const busy = Promise.withResolvers<void>();
  let acknowledged = 0;
  const publishers = Array.from(
    { length: PUBLISHERS },
    (_, i) =>
      new IdempotentPublisher(`outbox-${i}`, `room-${i}`, "number", ["note"], () => {
        if (++acknowledged >= 2_000) busy.resolve();
      }),
  );
  {
    await using server = await ServerProcess.start(data.path);
    const chats = await Promise.all(
      Array.from({ length: HALF }, (_, i) => ChatClient.enter(server.url, `lobby-${i % 5}`, `chatter-${i}`)),
    );
    const natives = await Promise.all(
      Array.from({ length: HALF - PUBLISHERS }, (_, i) => NativeClient.connect(server.url, `native-${i}`)),
    );
    const runs = publishers.map((publisher) => publisher.run(server.url));
    await busy.promise;
    // Each of these has arrived by the time of the signal, or the acknowledgement would not be owed.
    const owed = natives.map((client, i) => client.publish("owed", "note", i));
    await natives[0]?.ok({ op: "ping" });

    const began = performance.now();
    for (let i = 0; i < 3; i++) server.kill("SIGTERM"); // as through npm
    const delays = await Promise.all(
      natives.map(async (client) => {
        const frame = await client.next(({ op }) => op === "closing");
        return frame.op === "closing" ? frame.delay : Number.NaN;
      }),
    );
    const closes = await Promise.all([...chats, ...natives].map(({ closed }) => closed));
    expect(new Set(closes.map(({ code, reason }) => `${code} ${reason}`))).toEqual(
      new Set([`${CLOSE.goingAway.code} ${CLOSE.goingAway.reason}`]),
    );
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(server.stderr).toBe("");
    expect((await Promise.all(owed)).map(({ offset }) => offset).sort((a, b) => a - b)).toEqual(
      natives.map((_, i) => i + 1),
    );
    for (const delay of delays) expect(delay).toBeWithin(0, 1_000);
    expect(new Set(delays).size).toBeGreaterThan(delays.length / 2); // they do not all come back at once
    await Promise.all(runs);
  }
  await using server = await ServerProcess.start(data.path);
  const reader = await NativeClient.connect(server.url, "reader");
  expect(await reader.log("owed")).toHaveLength(HALF - PUBLISHERS);
  for (const publisher of publishers) {
    expect(publisher.refusals).toEqual([]);
    const log = await reader.log(publisher.room);
    for (const { draft, reply } of publisher.acknowledged) {
      expect(log[reply.offset - 1]?.data).toEqual({ text: draft.text });
    }
  }
});

test("STOP-1: clients that are stuck do not keep it from stopping", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--limits-waiting-per-client", "64MiB");
  const stuck = await RawSocket.open(server.url, "/ws/room1?username=Stuck");
  stuck.stall(); // takes nothing, and answers no close
  const talker = await ChatClient.enter(server.url, "room1", "Talker");
  for (let i = 0; i < 400; i++) talker.send(`${i} ${"x".repeat(60_000)}`); // more than the kernel holds
  await talker.when(() => talker.raw.filter((frame) => frame.includes('"chat"')).length === 400);
  const mute = await RawSocket.open(server.url, "/ws", SUBPROTOCOL);
  const began = performance.now();
  server.kill("SIGINT");
  expect(await mute.closed()).toEqual(CLOSE.goingAway);
  expect(await server.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - began).toBeLessThan(8_000);
  stuck.destroy();
});

test("HTTP-3: while it stops nobody is let in", async () => {
  const clock = new ManualClock();
  await using server = await openServer({ clock });
  const armin = await NativeClient.connect(server.url, "Armin");
  const stopped = server.stop(); // which takes until the clock goes on
  await armin.next(({ op }) => op === "closing");
  const late = await fetch(new URL("/ws/room1?username=late", server.url), { headers: UPGRADE_HEADERS });
  expect([late.status, late.headers.get("retry-after"), await late.json()]).toEqual([
    503,
    "1",
    { error: "the server is stopping" },
  ]);
  const health = await fetch(new URL("/health", server.url));
  expect([health.status, await health.json()]).toEqual([503, { status: "unavailable", reason: "stopping" }]);
  clock.follow();
  expect(await armin.closed).toEqual(CLOSE.goingAway);
  await stopped;
});

test("STOP-3: SIGHUP does nothing to a server without a certificate and without a terminal", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path);
  const armin = await NativeClient.connect(server.url, "Armin");
  server.kill("SIGHUP");
  expect((await armin.publish("r", "note", 1)).offset).toBe(1);
  server.kill("SIGHUP");
  expect((await armin.publish("r", "note", 2)).offset).toBe(2);
  expect(await server.end("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("STOP-1 STOP-3: a server whose terminal closes stops, and leaves nobody behind", async () => {
  if (Bun.which("script") === null) throw new Error("this test needs `script`, of util-linux");
  using data = scratchDirectory();
  const socket = `${data.path}/fanfare.sock`;
  const main = new URL("../../cli/src/main.ts", import.meta.url).pathname;
  const command = `echo "pid $$"; exec '${process.execPath}' --no-install '${main}' serve --engine memory --socket '${socket}'`;
  const terminal = Bun.spawn({
    cmd: ["script", "--quiet", "--command", command, "/dev/null"],
    // Under `npm test` Bun tells its children to end at once when their parent is gone: here that is the terminal.
    env: { ...process.env, BUN_FEATURE_FLAG_NO_ORPHANS: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let shown = "";
  const decoder = new TextDecoder();
  for await (const chunk of terminal.stdout) {
    shown += decoder.decode(chunk);
    if (shown.includes("Ctrl-C stops it.")) break;
  }
  expect(shown).toContain("Fanfare is up at");
  const pid = Number(/pid (\d+)/.exec(shown)?.[1]);
  try {
    terminal.kill("SIGKILL"); // the terminal is gone, and its programs are told
    await terminal.exited;
    const deadline = performance.now() + DEADLINE;
    while (existsSync(`/proc/${pid}`) && performance.now() < deadline) await Bun.sleep(5);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(socket)).toBe(false);
  } finally {
    if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
  }
});

test("STOP-2: a client that is slow gets all that waited for it, then the close", async () => {
  const clock = new ManualClock();
  const limits = { ...DEFAULT_CONFIG.limits, waitingPerClient: 64 * 1024 * 1024, stalledMs: 3_600_000 };
  await using server = await openServer({ clock, limits });
  const slow = await RawSocket.open(server.url, "/ws/room1?username=Slow");
  slow.stall();
  const talker = await ChatClient.enter(server.url, "room1", "Talker");
  for (let i = 0; i < 400; i++) talker.send(`${i} ${"x".repeat(60_000)}`); // more than the kernel holds
  await talker.when(() => talker.raw.filter((frame) => frame.includes('"chat"')).length === 400);
  const stopped = server.stop();
  for (let i = 0; i < 10; i++) {
    clock.advance(100);
    expect((await fetch(new URL("/health", server.url))).status).toBe(503); // still there
  }
  slow.resume();
  const heard = () => slow.texts.filter((text) => text.includes('"chat"'));
  await slow.frames.when(() => slow.frames.all.length >= 400 && heard().length === 400, "all that was said");
  clock.follow();
  expect(await slow.closed()).toEqual(CLOSE.goingAway);
  expect(heard()).toHaveLength(400);
  await stopped;
});
