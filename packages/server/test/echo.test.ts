import { expect, test } from "bun:test";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import { DEFAULT_CONFIG } from "../src/config/config.ts";
import { startServer } from "../src/server.ts";
import type { Fields } from "../src/telemetry/log.ts";

test("ECHO-1 ECHO-4: the echo session, at /echo and where else it is mounted, with a line for each message", async () => {
  const lines: unknown[] = [];
  const note = () => {};
  const info = (event: string, fields?: Fields) => {
    if (event.startsWith("echo.")) lines.push([event, fields?.text]);
  };
  const server = await startServer(
    {
      ...DEFAULT_CONFIG,
      listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
      engine: { kind: "memory" },
      mounts: [
        { path: "/echo", dialect: "echo" },
        { path: "/ws", dialect: "echo" },
      ],
    },
    { log: { debug: note, info, warn: note, error: note } },
  );
  try {
    for (const path of ["/echo", "/ws"]) {
      const client = await WebSocketClient.open(path, server.url, path);
      client.send("hello");
      client.send("");
      client.send(new TextEncoder().encode("bytes 🎺"));
      expect(await client.frames.take(3)).toEqual([
        "This is the message received by the server: hello",
        "This is the message received by the server: ",
        "This is the message received by the server: bytes 🎺",
      ]);
      client.send("y".repeat(65_536));
      await client.frames.take(1);
      await client.close();
    }
    const once = ["hello", "", "bytes 🎺", "y".repeat(200)].map((text) => ["echo.received", text]);
    expect(lines).toEqual([...once, ...once]);
  } finally {
    await server.stop();
  }
});

for (const path of ["/echo", "/mirror"]) {
  test(`ECHO-2 FLOW-1: ${path}: a client that sends and never reads is not read, either; it is answered once it reads`, async () => {
    const mounts = ["/echo", "/mirror"].map((at) => ({
      path: at,
      dialect: at.slice(1) as "echo" | "mirror",
    }));
    // However long it does not read, it is not cut for that.
    await using server = await openServer({ mounts, limits: { stalledMs: 3_600_000 } });
    const greedy = await RawSocket.open(server.url, path);
    greedy.stall();
    // Small ones, of which one read of the socket brings many; then more than all kernels' buffers take.
    const small = 20_000;
    const large = 800;
    for (let i = 0; i < small; i++) greedy.text(`${i}`);
    const filler = "x".repeat(60_000);
    for (let i = 0; i < large; i++) greedy.text(`${i} ${filler}`);
    // Others are served meanwhile.
    const honest = await WebSocketClient.open(path, server.url, path);
    for (let i = 0; i < 100; i++) {
      honest.send(`${i}`);
      await honest.frames.take(1);
    }
    greedy.resume();
    await greedy.frames.when(() => greedy.frames.all.length >= small + large);
    const prefix = path === "/echo" ? "This is the message received by the server: " : "";
    for (const [i, { payload }] of greedy.frames.all.entries()) {
      const n = i < small ? `${i}` : `${i - small} `;
      const begins = payload.toString("utf8", 0, prefix.length + n.length);
      if (begins !== prefix + n) throw new Error(`answer ${i} begins with ${begins}`);
    }
    greedy.destroy();
  });
}

test("ECHO-1: native is spoken there, too", async () => {
  await using server = await openServer();
  const native = await NativeClient.open(server.url, "Armin", "/echo");
  expect(await native.ok({ op: "hello", user: "Armin" })).toMatchObject({ user: "Armin" });
});
