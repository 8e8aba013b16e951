import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess } from "@fanfare/testing/server-process";

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
      "--log-format",
      "text",
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

  for (const signal of ["SIGUSR2", "SIGWINCH"] as const) {
    test(`LOG-1 LOG-2 LOG-3: a crash (${signal === "SIGUSR2" ? "thrown" : "rejected"}) is one line of the log, which forges none and holds no token`, async () => {
      const env = { BUN_OPTIONS: `--preload ${join(import.meta.dir, "support", "crash-on-signal.ts")}` };
      const args = ["serve", "--port=0", "--engine=memory", "--web=off", "--log-format=json"];
      await using server = new FanfareProcess(args, [], { env });
      await server.printed(/server\.listening/);
      expect(await server.end(signal)).toEqual({ code: 1, signal: null });
      const last = server.stdout.trimEnd().split("\n").at(-1) ?? "";
      const error = 'Error: bang \x1b[31m\r\n{"event":"forged"} [token]';
      expect(JSON.parse(last)).toMatchObject({ level: "error", event: "server.crashed", error });
      expect(last).not.toContain("\x1b");
      expect(server.stderr).toBe("");
    });
  }

  test("on a unix socket, says how to reach it", async () => {
    using data = scratchDirectory();
    const socket = join(data.path, "socket");
    const args = ["serve", "--socket", socket, "--data", data.path, "--log-format", "text"];
    await using server = new FanfareProcess(args);
    await server.printed(/Ctrl-C stops it\.\n/);
    expect(server.stdout).toContain(`Fanfare is up at ${socket}\n`);
    expect(server.stdout).toContain(`curl --unix-socket ${socket} http://localhost/health\n`);
    expect(server.stdout).not.toContain("null");
    const response = await fetch("http://localhost/health", { unix: socket });
    expect(response.status).toBe(200);
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
      "--log-format",
      "text",
    ]);
    await server.printed(/in memory alone: gone when this stops/);
    expect(existsSync(directory)).toBe(false);
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
    ["config", "--help"],
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
