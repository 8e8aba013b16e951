import { expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NativeClient } from "@fanfare/testing/native-client";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import {
  curlListen,
  curlPublish,
  firstTool,
  sdkListen,
  sdkPublish,
  websocatListen,
  websocatPublish,
} from "../src/console/snippets.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const ROOM = `it's "a" $HOME \`room\` \\ ${"ü".repeat(20)} %s`;
/** Of every length around which a frame's head changes, or would hold a byte that telnet takes for its own. */
const DATA = [
  JSON.stringify({ ["__proto__"]: "it's '$HOME' \\ `x` %s \u2028", n: [1, null] }),
  ...[20, 100, 300, 420, 430, 440].map((length) => JSON.stringify("x".repeat(length))),
];
const HAS_CURL = Bun.which("curl") !== null;
if (!HAS_CURL) console.warn("there is no curl: its lines are not tried");

/** Speaks to a server as websocat 1.x does: a line of input is a frame, and a frame is a line of output. */
const WEBSOCAT = `#!${process.execPath}
const [, , b, size, flag, protocol, address, ...rest] = process.argv;
if (b !== "-B" || size !== "300000" || flag !== "--protocol" || rest.length > 0) process.exit(9);
const socket = new WebSocket(address, protocol);
socket.onmessage = ({ data }) => console.log(data);
socket.onclose = () => process.exit();
await new Promise((resolve) => { socket.onopen = resolve; });
for await (const line of console) socket.send(line);
socket.close();
`;

const BOTH = /from before[\s\S]*through the pattern|through the pattern[\s\S]*from before/;

/** A command line, run by a plain shell with \`websocat\` at hand, until it ends or has printed what is waited for. */
async function run(cmd: readonly string[], path: string, until?: RegExp): Promise<string> {
  const child = Bun.spawn({
    cmd: [...cmd],
    cwd: HERE,
    env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    text += decoder.decode(bytes, { stream: true });
    if (until?.test(text) !== true) continue;
    // It and what it has started: a group of its own.
    process.kill(-child.pid, "SIGKILL");
    break;
  }
  await child.exited;
  return text;
}

test("FRAME-1 HELLO-1: what is copied publishes when it is run: by curl, websocat and the SDK", async () => {
  await using server = await RestartableServer.start();
  using tools = withWebsocat();
  const page = new URL("/console", server.url);
  const reader = await NativeClient.connect(server.url, "reader");
  await Promise.all(
    DATA.flatMap((json, index) =>
      [
        ...(HAS_CURL ? [{ tool: "curl", make: curlPublish, by: ["sh", "-c"] }] : []),
        ...(index > 1 ? [] : [{ tool: "websocat", make: websocatPublish, by: ["sh", "-c"] }]),
        ...(index > 1
          ? []
          : [{ tool: "sdk", make: sdkPublish, by: [process.execPath, "--no-install", "-e"] }]),
      ].map(async ({ tool, make, by }) => {
        const room = `${ROOM} ${tool} ${index}`;
        const code = make(page, { room, type: "note", json }) ?? "";
        const told = await run([...by, code], tools.path);
        expect([tool, told]).toEqual([tool, expect.stringMatching(/"offset":1|as offset 1/)]);
        const [message] = await reader.log(room);
        expect([tool, JSON.stringify(message?.data), message?.type]).toEqual([tool, json, "note"]);
      }),
    ),
  );
  await reader.close();
});

test("JOIN-2 JOIN-7: what is copied listens when it is run: by curl, websocat and the SDK", async () => {
  await using server = await RestartableServer.start();
  using tools = withWebsocat();
  const page = new URL("/console", server.url);
  const writer = await NativeClient.connect(server.url, "writer");
  await writer.publish(ROOM, "note", "from before");
  const names = [ROOM, "orders.*", ...Array.from({ length: 5 }, (_, i) => `${"long ".repeat(18)}${i}`)];
  const listeners = [
    ...(HAS_CURL ? [{ make: curlListen, by: ["sh", "-c"] }] : []),
    { make: websocatListen, by: ["sh", "-c"] },
    { make: sdkListen, by: [process.execPath, "--no-install", "-e"] },
  ];
  let isDone = false;
  const told = Promise.all(
    listeners.map(({ make, by }) => run([...by, make(page, names) ?? ""], tools.path, BOTH)),
  ).finally(() => {
    isDone = true;
  });
  // A pattern is live only: whoever joins late hears the next one.
  while (!isDone) await Promise.race([told, writer.publish("orders.berlin", "note", "through the pattern")]);
  for (const text of await told) expect(text).toContain("from before");
  await writer.close();
});

test("a page that came over TLS has no line for curl", () => {
  const page = new URL("https://chat.example.com/console");
  expect(curlListen(page, ["a"])).toBeUndefined();
  expect(curlPublish(page, { room: "a", type: "note", json: "1" })).toBeUndefined();
  expect(websocatListen(page, ["a"])).toContain("wss://chat.example.com/ws");
});

function withWebsocat() {
  const directory = scratchDirectory();
  const file = join(directory.path, "websocat");
  writeFileSync(file, WEBSOCAT);
  chmodSync(file, 0o755);
  return directory;
}

test("code is copied with a tool that works at the page's address", () => {
  expect(firstTool(new URL("http://localhost:8080/console"))).toBe("curl");
  expect(firstTool(new URL("https://chat.example.com/console"))).toBe("websocat");
});
