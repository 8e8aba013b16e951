import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { CLIENT } from "../../../../scripts/sdk/package.ts";
import { Consumer, NODE, run } from "./consumer.ts";

/** Bytes that the SDK may have whatever socket.io-client has: what version 4.8 of that had when the bound was set. */
const LARGEST = 13_049;
const ESBUILD = fileURLToPath(new URL("../../../../node_modules/.bin/esbuild", import.meta.url));

let consumer: Consumer;
beforeAll(async () => {
  consumer = await Consumer.create();
});
afterAll(() => consumer[Symbol.dispose]());

const installed = (file: string) => join(consumer.path, "node_modules/@fanfare/client", file);
/** The ES modules. */
const scripts = () => consumer.files.filter((file) => file.endsWith(".js") && !file.startsWith("cjs/"));

describe("the published package", () => {
  test("joins and publishes from one file, minified and gzipped smaller than socket.io-client", async () => {
    const size = await bundledSize("@fanfare/client");
    consumer.link("socket.io-client");
    const socketIo = await bundledSize("socket.io-client");
    console.log(`minified and gzipped: @fanfare/client ${size} bytes, socket.io-client ${socketIo} bytes`);
    expect(size).toBeLessThan(Math.min(socketIo, LARGEST));
  });

  test("loads nothing on demand: what failed to load once would not be there when it is needed", () => {
    const transpiler = new Bun.Transpiler({ loader: "js" });
    const onDemand = scripts().filter((file) =>
      transpiler
        .scanImports(readFileSync(installed(file), "utf8"))
        .some(({ kind }) => kind === "dynamic-import"),
    );
    expect(onDemand).toEqual([]);
  });

  test("holds scripts, declarations, licence, README and nothing else, and depends on nothing", () => {
    expect(consumer.files.filter((file) => !/\.(js|d\.ts)$/.test(file))).toEqual([
      "LICENSE",
      "README.md",
      "cjs/package.json",
      "package.json",
    ]);
    const manifest = JSON.parse(readFileSync(installed("package.json"), "utf8"));
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.sideEffects).toBe(false);
    for (const file of consumer.files)
      expect(readFileSync(installed(file), "utf8")).not.toContain("/packages/");
  });

  test("imports its own files and React, and asks for no global that only one platform has", () => {
    const transpiler = new Bun.Transpiler({ loader: "js", minifyWhitespace: true });
    expect(scripts().length).toBeGreaterThanOrEqual(2);
    for (const file of scripts()) {
      const code = readFileSync(installed(file), "utf8");
      const foreign = new Set(transpiler.scanImports(code).map(({ path }) => path.replace(/^\..*/, "own")));
      expect([...foreign].filter((path) => path !== "own")).toEqual(
        file.startsWith("react/") ? ["react"] : [],
      );
      expect(PLATFORM.exec(transpiler.transformSync(code))?.[0]).toBeUndefined();
    }
  });
});

test("the source folder cannot be packed: its entry is TypeScript", async () => {
  const packed = run(["npm", "pack", CLIENT, "--pack-destination", consumer.path], { cwd: consumer.path });
  await expect(packed).rejects.toThrow("npm run build -w @fanfare/client");
});

describe("a project that installed it", () => {
  for (const [platform, options, packages] of [
    ["a browser", { lib: ["es2022", "dom"], types: [] }, []],
    [
      "a browser, by a bundler",
      { lib: ["es2022", "dom"], types: [], module: "esnext", moduleResolution: "bundler" },
      [],
    ],
    ["Node", NODE, ["@types/node", "undici-types"]],
  ] as const) {
    test(`type-checks strictly, libraries included, for ${platform}`, async () => {
      consumer.link(...packages);
      consumer.write("app.ts", APP);
      expect(await consumer.complaints(["app.ts"], options)).toBe("");
    });
  }

  test("type-checks and runs as CommonJS", async () => {
    consumer.link("@types/node", "undici-types", "@types/ws", "ws", "react", "@types/react", "csstype");
    consumer.write("common/package.json", JSON.stringify({ type: "commonjs" }));
    consumer.write("common/program.ts", COMMON_PROGRAM);
    await consumer.compile("common/program.ts", { ...NODE, module: "node16", esModuleInterop: true });
    const output = await run(["node", "common/program.js"], { cwd: consumer.path });
    expect(output).toBe("idle true true\n");
  });

  test("type-checks strictly, libraries included, with React", async () => {
    consumer.link("@types/react", "csstype");
    consumer.write("app.tsx", REACT_APP);
    const options = { lib: ["es2022", "dom"], types: [], jsx: "react-jsx" };
    expect(await consumer.complaints(["app.tsx"], options)).toBe("");
  });

  for (const [runtime, command] of [
    ["Node, with the package ws", Bun.which("node") ?? "node"],
    ["Bun", process.execPath],
  ] as const) {
    test(`publishes and hears it in ${runtime}`, async () => {
      consumer.link("@types/node", "undici-types", "@types/ws", "ws");
      using data = scratchDirectory();
      await using server = await ServerProcess.start(data.path);
      consumer.write("program.ts", PROGRAM);
      await consumer.compile("program.ts", NODE);
      const output = await run([command, "program.js", server.url.href], { cwd: consumer.path });
      expect(output).toBe("kept at 1\nada: hello\nclosed\n");
    });
  }
});

/** Bytes of all that a package exports to a browser, as esbuild bundles and minifies it and gzip -9 packs it. */
async function bundledSize(name: string): Promise<number> {
  consumer.write("bundle.js", `export * from "${name}";`);
  const flags = ["--bundle", "--minify", "--format=esm", "--log-level=error"];
  const script = await run([ESBUILD, "bundle.js", ...flags], { cwd: consumer.path });
  // Not by Bun's or Node's zlib, whose level 9 packs 1 % less.
  const gzip = Bun.spawn(["gzip", "-9"], { stdin: new Blob([script]), stdout: "pipe" });
  return (await gzip.stdout.bytes()).length;
}

/** Names of globals that a browser, Node or Bun alone has; not those of properties, nor inside of strings. */
const PLATFORM =
  /(?<![\w$.#"'`-])(?:Bun|Buffer|process|require|__dirname|setImmediate|window|localStorage)(?![\w$"'`:-])/;

const APP = `
import { Fanfare, FanfareError, type AnyRoom, type ConnectionState, type Json, type RoomMessage } from "@fanfare/client";

interface Messages { chat: { text: string }; poll: { question: string; options: string[] } }
const client = new Fanfare("https://example.com", { user: "ada", token: async ({ signal }) => String(signal.aborted) });
const room = client.room<Messages>("chat:lobby", { history: 10, presence: true });
const state: ConnectionState = client.state.value;
if (state.status === "offline") console.log(new Date(state.retryAt), state.reason.code);
room.on("message", (message) => {
  if (message.type === "poll") console.log(message.data.options.length);
  // @ts-expect-error: it is a chat message or a poll
  else console.log(message.data.question);
});
room.on("reset", ({ reason, oldest }) => console.log(reason, oldest));
const texts: string[] = [];
for await (const message of room) if (message.type === "chat") texts.push(message.data.text);
try {
  const { offset }: { offset: number } = await room.publish("chat", { text: "hi" });
  console.log(offset);
  // @ts-expect-error: a chat message has a text
  await room.publish("chat", { test: "hi" });
  // @ts-expect-error: no such type
  await room.publish("chatter", { text: "hi" });
} catch (error) {
  if (error instanceof FanfareError) console.log(error.code, error.retry);
}
// @ts-expect-error: a chat message has no title
await room.publish("chat", { text: "hi", title: "a title" });
const titled = { text: "hi", title: "a title" };
await room.publish("chat", titled);
const pointing = client.room<Messages, { cursor: Cursor }>("chat:lobby");
pointing.event("cursor", { x: 1, y: 2 });
// @ts-expect-error: a cursor has no z
pointing.event("cursor", { x: 1, y: 2, z: 3 });
// @ts-expect-error: there is no such event
pointing.event("curser", { x: 1, y: 2 });
// @ts-expect-error: a cursor is an event, and no message
await pointing.publish("cursor", { x: 1, y: 2 });
pointing.on("event", (event) => {
  if (event.type === "cursor") console.log(event.data.x, event.from);
  else console.log(event.type === "typing" && event.data === true);
  // @ts-expect-error: there is no such event
  if (event.type === "poke") console.log(event);
});
client.pattern<Messages, { cursor: Cursor }>("chat:*").once("event", (event) => {
  if (event.type === "cursor") console.log(event.data.y);
});
const page = await room.history({ before: 10 });
const older: readonly RoomMessage<Messages>[] = page.messages;
console.log(older.length, room.members.value.count, room.typing.value.join());
client.pattern("orders.*").on("message", ({ room, data }) => console.log(room, data));
interface Cursor { x: number; y: number; label?: string }
const cursor: Cursor = { x: 1, y: 2 };
room.event("cursor", cursor);
const anything = client.room("any");
await anything.publish("cursor", cursor);
// @ts-expect-error: a Date arrives as a string
await anything.publish("meeting", { when: new Date() });
// @ts-expect-error: a Date arrives as a string
room.event("meeting", { when: new Date() });
// @ts-expect-error: a function does not arrive
room.event("meeting", { when: () => 1 });
await client.room<{ meeting: { when: Date } }>("meetings")
  // @ts-expect-error: a Date arrives as a string
  .publish("meeting", { when: new Date() });
const json: Json = { nested: [1, { deep: null }] };
await anything.publish("json", json);
room.event("json", json);
const nameOf = (any: AnyRoom) => any.state.value.status + any.name;
console.log(nameOf(room), nameOf(client.room<{ cursor: Cursor }>("cursors")), nameOf(pointing));
const limit = [10, undefined][0];
await client.room("any", { history: limit, types: undefined, presence: undefined }).history({ before: limit });
await client.close();
`;

const COMMON_PROGRAM = `
import { Fanfare, FanfareError, type RoomMessage } from "@fanfare/client";
import { useRoom } from "@fanfare/client/react";

const client = new Fanfare("http://127.0.0.1:9");
const room = client.room<{ chat: { text: string } }>("r");
const texts: string[] = [];
room.on("message", (message: RoomMessage<{ chat: { text: string } }>) => texts.push(message.data.text));
// @ts-expect-error: a chat message has a text
void room.publish("chat", { test: "hi" }).catch(() => {});
void client.close({ flush: 0 });
console.log("idle", new FanfareError("x", "y") instanceof Error, typeof useRoom === "function");
`;

const REACT_APP = `
import { Fanfare } from "@fanfare/client";
import { FanfareProvider, useConnection, useMessages, useRoom, useTyping } from "@fanfare/client/react";

const client = new Fanfare("https://example.com");
export function App() {
  return <FanfareProvider client={client}><Chat /></FanfareProvider>;
}
function Chat() {
  const room = useRoom<{ chat: { text: string } }>("chat:lobby", { history: 50 });
  const { items, hasMore, loadMore } = useMessages(room);
  const { users } = useTyping(room);
  const { status } = useConnection();
  return (
    <section aria-label={status}>
      {hasMore && <button type="button" onClick={() => loadMore()}>more</button>}
      {items.map((item) => <p key={item.key}>{item.kind}</p>)}
      {users.join()}
    </section>
  );
}
`;

const PROGRAM = `
import { Fanfare } from "@fanfare/client";
import { WebSocket } from "ws";

const client = new Fanfare(process.argv[2] ?? "", { user: "ada", WebSocket });
const room = client.room<{ chat: { text: string } }>("chat:lobby", { history: 1 });
const { offset } = await room.publish("chat", { text: "hello" });
console.log("kept at " + offset);
for await (const { from, data } of room) {
  console.log(from + ": " + data.text);
  break;
}
await client.close();
console.log(client.state.value.status);
`;
