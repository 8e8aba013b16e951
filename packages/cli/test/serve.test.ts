import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { NativeClient } from "../../server/test/support/native-client.ts";
import { type ScratchDirectory, scratchDirectory } from "../../server/test/support/scratch-directory.ts";
import { FanfareProcess, ServerProcess } from "../../server/test/support/server-process.ts";

setDefaultTimeout(60_000);

describe("fanfare serve", () => {
  test("KEEP-1: keeps its log in --data, and says where to look", async () => {
    using data = scratchDirectory();
    const directory = join(data.path, "not", "there yet");
    await using server = new FanfareProcess([
      "serve",
      "--port=0",
      "--host",
      "127.0.0.1",
      "--data",
      directory,
    ]);
    await server.printed(/Ctrl-C stops it\.\n/);
    const [, port] = await server.printed(/Fanfare is up at http:\/\/127\.0\.0\.1:(\d+)\n/);
    expect(Number(port)).toBeGreaterThan(0);
    expect(server.stdout).toContain(`ws://127.0.0.1:${port}/ws/lobby?username=you`);
    expect(server.stdout).toContain(`ws://127.0.0.1:${port}/ws   (subprotocol fanfare.v1.json`);
    expect(server.stdout).toContain(`http://127.0.0.1:${port}/health`);
    expect(server.stdout).toContain(`kept in ${directory}`);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    expect(existsSync(directory)).toBe(true);
    expect(await server.end("SIGTERM")).toMatchObject({ code: 0 });
    expect(server.stderr).toBe("");
  });

  test("--engine memory keeps nothing, and says so", async () => {
    using data = scratchDirectory();
    const directory = join(data.path, "unused");
    await using server = new FanfareProcess([
      "serve",
      "--port",
      "0",
      "--engine",
      "memory",
      "--data",
      directory,
    ]);
    await server.printed(/in memory alone: gone when this stops/);
    expect(existsSync(directory)).toBe(false);
  });
});

describe("what fanfare cannot do, it says in one sentence", () => {
  let taken: ReturnType<typeof createServer>;
  let port: number;
  let data: ScratchDirectory;
  let running: ServerProcess;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
    data = scratchDirectory();
    running = await ServerProcess.start(data.path);
  });
  afterAll(async () => {
    taken.close();
    await running[Symbol.asyncDispose]();
    data[Symbol.dispose]();
  });

  const serve = (...flags: string[]) => ["serve", "--data", join(data.path, "other"), ...flags];
  for (const [what, args, says] of [
    ["an unknown command", () => ["start"], /there is no command "start".*fanfare serve/],
    ["an unknown flag", () => serve("--prot", "1"), /--prot.*fanfare --help/],
    ["a flag without its value", () => serve("--port"), /--port.*fanfare --help/],
    ["a word that is no flag", () => serve("now"), /now.*fanfare --help/],
    [
      "a port that is no number",
      () => serve("--port", "http"),
      /--port is "http"; it takes a number from 0 to 65535/,
    ],
    ["a port that is too large", () => serve("--port", "65536"), /--port is "65536"/],
    ["a negative port", () => serve("--port=-1"), /--port is "-1"/],
    ["an engine that is none", () => serve("--engine", "oracle"), /--engine is "oracle".*sqlite or memory/],
    ["no host", () => serve("--host", ""), /--host is empty/],
    ["no directory", () => ["serve", "--data", ""], /--data is empty/],
    [
      "a host that is not here",
      () => serve("--port", "0", "--host", "203.0.113.7"),
      /--host is "203\.0\.113\.7"/,
    ],
    [
      "a host that is nowhere",
      () => serve("--port", "0", "--host", "no-such-host.invalid"),
      /--host is "no-such-host\.invalid"/,
    ],
    [
      "a port in use",
      () => serve("--host", "127.0.0.1", "--port", String(port)),
      /port \d+ on 127\.0\.0\.1 is taken; choose another with --port, or 0 for a free one/,
    ],
    [
      "the port of another fanfare",
      () => serve("--host", "127.0.0.1", "--port", running.url.port),
      /port \d+ on 127\.0\.0\.1 is taken/,
    ],
    [
      "a data directory in use by another server",
      () => ["serve", "--port", "0", "--data", data.path],
      /fanfare: .*(in use|another|uses)/,
    ],
    [
      "a data directory that is a file",
      () => ["serve", "--port", "0", "--data", join(import.meta.dir, "serve.test.ts")],
      /serve\.test\.ts/,
    ],
  ] as const) {
    test(`${what}: exit code 1 or 2, and no stack trace`, async () => {
      await using fanfare = new FanfareProcess(args());
      const { code } = await fanfare.exited;
      expect([1, 2]).toContain(code ?? 0);
      expect(fanfare.stderr).toMatch(says);
      expect(fanfare.stderr).toMatch(/^fanfare: [^\n]+\n$/);
      expect(fanfare.stdout).toBe("");
    });
  }

  test("ERR-2: the server that was there first goes on", async () => {
    const client = await NativeClient.connect(running.url, "Armin");
    expect((await client.publish("r", "note", 1)).offset).toBe(1);
  });
});

describe("fanfare explains itself", () => {
  for (const args of [
    [],
    ["help"],
    ["--help"],
    ["-h"],
    ["serve", "--help"],
    ["serve", "-h", "--port", "0"],
  ]) {
    test(`fanfare ${args.join(" ")}`, async () => {
      await using fanfare = new FanfareProcess(args);
      expect(await fanfare.exited).toMatchObject({ code: 0 });
      for (const flag of ["--port", "--host", "--engine", "--data"]) expect(fanfare.stdout).toContain(flag);
      expect(fanfare.stderr).toBe("");
    });
  }

  for (const flag of ["--version", "-v"]) {
    test(`fanfare ${flag}`, async () => {
      await using fanfare = new FanfareProcess([flag]);
      expect(await fanfare.exited).toMatchObject({ code: 0 });
      expect(fanfare.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    });
  }
});
