import { expect, test } from "bun:test";
import { closeSync, constants, existsSync, openSync, read, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { CLOSE, SUBPROTOCOL } from "@fanfare/protocol";
import { ChatClient } from "@fanfare/testing/chat-client";
import { startOnFullDisk } from "@fanfare/testing/full-disk";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess, ServerProcess } from "@fanfare/testing/server-process";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import type { Fields } from "../src/telemetry/log.ts";
import { LineLog } from "./support/line-log.ts";

interface Line {
  readonly time: string;
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** @throws if anything on standard output is no JSON line. */
function linesOf({ stdout }: FanfareProcess): Line[] {
  expect(stdout).toEndWith("\n");
  return stdout
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

test("LOG-1 LOG-2 LOG-3: where nobody looks on, all of standard output is JSON lines, whatever clients send, and no secrets", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--log-level", "debug");
  const secret = "do-not-tell-anyone-0";
  const armin = await NativeClient.connect(server.url, "Armin", { publisher: secret });
  await armin.publish("r", "note", "sealed letter", { n: 1 });
  await armin.close();
  const echo = await WebSocketClient.open("echo", server.url, `/echo?token=${secret}`);
  echo.send('a\r\n{"level":"error","event":"forged"}\u2028\x1b[31m\u202e');
  await echo.frames.take(1);
  await echo.close();
  for (const [path, protocol] of [
    [`/ws/%0A?username=Eren&token=${secret}`, undefined],
    ["/nowhere%0Afast\u202e", SUBPROTOCOL],
    [`/ws?token=${secret}`, "fanfare.v9"],
  ] as const) {
    const headers = { ...UPGRADE_HEADERS, ...(protocol && { "sec-websocket-protocol": protocol }) };
    expect((await fetch(new URL(path, server.url), { headers })).ok).toBe(false);
  }
  expect(await server.end("SIGTERM")).toEqual({ code: 0, signal: null });

  const lines = linesOf(server);
  expect(server.stdout).not.toMatch(/[^\n\P{Cc}]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  expect(server.stdout).not.toContain(secret);
  expect(server.stdout).not.toContain("sealed");
  for (const { time } of lines) expect(new Date(time).toISOString()).toBe(time);
  const said = lines.map(({ level, event }) => `${level} ${event}`);
  expect(said[0]).toBe("info server.listening");
  expect(lines[0]).toMatchObject({ url: server.url.origin, engine: "sqlite" });
  expect(said.slice(-2)).toEqual(["info server.stopping", "info server.stopped"]);
  expect(lines.find(({ event }) => event === "echo.received")?.text).toStartWith('a\r\n{"level"');
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: "debug",
      event: "connection.opened",
      dialect: "native",
      from: "127.0.0.1",
    }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ event: "connection.closed", code: 1005 }));
  expect(lines).toContainEqual(
    expect.objectContaining({ level: "info", event: "upgrade.refused", status: 400, path: "/ws" }),
  );
  expect(said.filter((each) => each === "info upgrade.refused")).toHaveLength(3);
});

test("LOG-1: text, where it is asked for, and the level is kept to", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--log-format", "text", "--log-level", "info");
  await ChatClient.enter(server.url, "room1", "Eren");
  await server.printed(/Fanfare is up at .*\n/);
  await server.end("SIGTERM");
  expect(server.stdout).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}info {3}server\.listening +url=http:\/\/127\.0\.0\.1:\d+ /,
  );
  expect(server.stdout).toContain(`Fanfare is up at ${server.url.origin}\n`);
  expect(server.stdout).not.toContain("debug");
  expect(server.stdout).not.toContain("\x1b");
});

test("LOG-1 KEEP-3: an engine that cannot commit is an error in the log", async () => {
  using data = scratchDirectory();
  await using server = await startOnFullDisk(data.path, 1_024);
  const armin = await NativeClient.connect(server.url, "Armin");
  const publish = () => armin.request({ op: "publish", room: "r", type: "note", data: "x".repeat(60_000) });
  while ((await publish()).op === "ok");
  await server.printed(/"level":"error","event":"engine.unavailable","reason":"[^"]+"/);
  await server.end("SIGTERM");
  linesOf(server);
});

test("LOG-1: whom the server sends away, and why", async () => {
  const lines: string[] = [];
  const note = (level: string) => (event: string, fields?: Fields) => {
    lines.push(`${level} ${event} ${fields?.code}`);
  };
  const log = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
  const limits = { pingMs: 100, stalledMs: 60_000 };
  await using strict = await openServer({ log, limits: { ...limits, deadMs: 200 } });
  await using server = await openServer({ log, limits: { ...limits, waitingPerClient: 4 * 1024 * 1024 } });
  const mute = await RawSocket.open(strict.url, "/ws/room1?username=Mute");
  expect(await mute.closed()).toEqual(CLOSE.silent);
  expect(lines).toContain("info connection.silent 4001");
  mute.destroy();

  const lazy = await RawSocket.open(server.url, "/ws/room1?username=Lazy");
  lazy.stall();
  const talker = await ChatClient.enter(server.url, "room1", "Talker");
  const gone = talker.next(({ type, username }) => type === "user_left" && username === "Lazy");
  let cut = false;
  void gone.then(() => {
    cut = true;
  });
  for (let i = 0; !cut && i < 2_000; i++) {
    talker.send("x".repeat(60_000));
    await talker.next(({ type }) => type === "chat");
    await Bun.sleep(2); // sets the pace: it is behind for some time before it is cut
  }
  await gone;
  expect(lines).toContain("warn connection.cut 1006");
  lazy.destroy();
});

test("LOG-6: what an address causes again and again is one line a minute, and so is a fault", async () => {
  const log = new LineLog();
  const http = ({ url }: Request) => {
    if (url.endsWith("/fault")) throw new Error("a fault");
    return undefined;
  };
  await using server = await openServer({ log, http, limits: { pingMs: 100, deadMs: 200 } });
  const mute = await Promise.all(
    Array.from({ length: 5 }, (_, i) => RawSocket.open(server.url, `/ws/room1?username=Mute${i}`)),
  );
  for (const each of mute) {
    expect(await each.closed()).toEqual(CLOSE.silent);
    each.destroy();
  }
  expect(log.of("connection.silent")).toHaveLength(1);
  for (let i = 0; i < 5; i++) expect((await fetch(new URL("/fault", server.url))).status).toBe(500);
  expect(log.of("server.fault")).toMatchObject([{ error: "Error: a fault" }]);
});

/** Has the echo log `count` messages of 200 characters. */
async function chatter(url: URL, count: number): Promise<void> {
  const echo = await WebSocketClient.open("echo", url, "/echo");
  for (let i = 0; i < count; i++) echo.send(`${i} ${"x".repeat(200)}`);
  await echo.frames.take(count);
  expect((await fetch(new URL("/health", url))).status).toBe(200);
}

test("LOG-4 STOP-1: a log that nobody takes out of its pipe delays nothing, also not the end", async () => {
  using directory = scratchDirectory();
  const fifo = join(directory.path, "log");
  Bun.spawnSync(["mkfifo", fifo]);
  const fd = openSync(fifo, constants.O_RDWR);
  try {
    const by = ["bash", "-c", 'log="$0"; shift 0; exec "$@" > "$log"', fifo];
    await using server = new FanfareProcess(
      ["serve", "--port", "0", "--engine", "memory", "--limits-echo-lines", "1000000"],
      by,
    );
    // The first line, and then no more.
    const bytes = Buffer.alloc(4096);
    const line = bytes.toString("utf8", 0, await readSome(fd, bytes));
    const url = new URL(/"url":"([^"]+)"/.exec(line)?.[1] ?? "");
    await chatter(url, 30_000); // more than what may wait
    const began = performance.now();
    expect(await server.end("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(5_000);
  } finally {
    closeSync(fd);
  }
});

test("LOG-4: a log whose reader has gone ends nothing", async () => {
  const by = ["bash", "-c", 'exec "$0" "$@" > >(exec head -n 1 >&2)'];
  const flags = ["--port", "0", "--engine", "memory", "--limits-echo-lines", "1000000"];
  await using server = new FanfareProcess(["serve", ...flags], by);
  const url = await listeningOn(server);
  await chatter(url, 1_000);
  await chatter(url, 1_000);
  expect(await server.end("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("LOG-5: a log on a disk that was full goes on where it stopped, audit lines included, without a restart", async () => {
  using directory = scratchDirectory();
  const file = join(directory.path, "log");
  // A file that may not grow past 16 KiB stands for a full disk; cutting it makes room.
  const by = ["bash", "-c", 'log="$0"; shift 0; trap "" XFSZ; ulimit -f 16; exec "$@" >> "$log"', file];
  await using server = new FanfareProcess(["serve", "--port", "0", "--engine", "memory", "--web=off"], by);
  const contains = async (text: string) => {
    for (;;) {
      const log = existsSync(file) ? readFileSync(file, "utf8") : "";
      if (log.includes(text)) return log;
      await Promise.race([Bun.sleep(5), server.exited]);
    }
  };
  const url = new URL(/"url":"([^"]+)"/.exec(await contains('"url":'))?.[1] ?? "");
  await chatter(url, 80); // more than fits, and less than twice as much
  await fetch(new URL("/board", url), { headers: { ...UPGRADE_HEADERS, origin: "https://foreign.example" } });
  const full = readFileSync(file, "utf8");
  expect(full.length).toBe(16 * 1024);
  truncateSync(file);
  const last = await contains('"event":"upgrade.refused"');
  expect(last).toContain('"text":"79 ');
  expect(await server.end("SIGTERM")).toEqual({ code: 0, signal: null });
});

/** What standard error says of the address. */
async function listeningOn(server: FanfareProcess): Promise<URL> {
  for (;;) {
    const found = /"url":"([^"]+)"/.exec(server.stderr);
    if (found !== null) return new URL(found[1] ?? "");
    await Promise.race([Bun.sleep(5), server.exited]);
  }
}

/** Reads in another thread, since it waits for the first bytes. */
async function readSome(fd: number, bytes: Buffer): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  read(fd, bytes, 0, bytes.length, null, (error, count) => (error ? reject(error) : resolve(count)));
  return promise;
}
