import { expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fanfare } from "@fanfare/client";
import { DEFAULT_CONFIG, startServer } from "@fanfare/server";
import { type Append, DEFAULT_ENGINE_OPTIONS, EngineError } from "@fanfare/server/engine";
import { type EngineSettings, engineContract, type OpenEngine } from "@fanfare/server/engine-contract";
import { FileEngine } from "./file-engine.ts";
import { FileLogs } from "./file-logs.ts";

/** @param file a number in `directory` */
function open(directory: string, file: number, settings: EngineSettings): OpenEngine {
  const path = (n: number) => join(directory, `${n}.jsonl`);
  const engine = new FileEngine(path(file), settings);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await engine.close();
    isOpen = false;
  };
  return {
    engine,
    crash: (node) => engine.crash(node),
    reopen: async (how) => {
      if (how === "close") await close();
      // What a crash would have left: the file as it is now.
      copyFileSync(path(file), path(file + 1));
      await close();
      return open(directory, file + 1, settings);
    },
    dispose: async () => {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
}

const scratch = () => mkdtempSync(join(tmpdir(), "fanfare-example-"));

engineContract("file engine", {
  capabilities: { durable: true },
  open: async (settings) => open(scratch(), 1, settings),
});

test("a server on the engine keeps messages over a restart, and shows them to clients", async () => {
  const directory = scratch();
  const path = join(directory, "messages.jsonl");
  const listen = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
  const inLife = async (work: (client: Fanfare) => Promise<void>) => {
    const engine = new FileEngine(path, { policies: DEFAULT_CONFIG.policies });
    const server = await startServer({ ...DEFAULT_CONFIG, listen }, { engine });
    const client = new Fanfare(server.url.href, { user: "ada", outbox: "memory" });
    await work(client);
    await client.close();
    await server.stop();
    await engine.close();
  };

  await inLife(async (client) => {
    for (const text of ["hello", "world"]) await client.room("chat:lobby").publish("chat", { text });
  });
  await inLife(async (client) => {
    const { messages } = await client.room("chat:lobby").history();
    expect(messages.map(({ offset, data }) => [offset, data])).toEqual([
      [1, { text: "hello" }],
      [2, { text: "world" }],
    ]);
  });
  rmSync(directory, { recursive: true });
});

test("what the file does not take is not kept, and memory forgets it", () => {
  const directory = scratch();
  const logs = new FileLogs(join(directory, "messages.jsonl"), { ...DEFAULT_ENGINE_OPTIONS, policies: [] });
  const append = { kind: "append", room: "r", id: "a", type: "t", from: "ada", at: 1, data: "1" } as const;
  const one: Append = { ...append, recognition: { by: "nothing" } };
  expect(logs.commit([one])).toMatchObject([{ kind: "kept", offset: 1 }]);
  logs.close(); // from here on every write fails
  expect(() => logs.commit([one, one])).toThrow(EngineError);
  expect(logs.position("r").head).toBe(1);
  rmSync(directory, { recursive: true });
});
