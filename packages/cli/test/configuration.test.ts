import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Limit, RATE_LIMITS, SERVER_LIMITS } from "@fanfare/server";
import { NativeClient } from "@fanfare/testing/native-client";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";
import { FanfareProcess, type ProcessOptions, ServerProcess } from "@fanfare/testing/server-process";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import { TODO_LIMITS } from "@fanfare/todo";
import { formatSize } from "../src/configuration/quantity.ts";
import { configurationPage } from "./support/configuration-page.ts";

let place: ScratchDirectory;
beforeAll(() => {
  place = scratchDirectory();
});
afterAll(() => place[Symbol.dispose]());

/** A directory of its own, with a `fanfare.toml` that says so. */
function directoryWith(name: string, toml: string): string {
  const directory = join(place.path, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "fanfare.toml"), toml);
  return directory;
}

/** What `fanfare config` prints. */
async function shown(args: readonly string[], where: ProcessOptions = {}): Promise<string> {
  await using fanfare = new FanfareProcess(["config", ...args], [], { cwd: place.path, ...where });
  expect(await fanfare.exited).toMatchObject({ code: 0 });
  expect(fanfare.stderr).toBe("");
  return fanfare.stdout;
}

/** The line that sets a key: its value, and where that comes from. */
function lineOf(output: string, key: string): string[] {
  const line = output.split("\n").find((each) => each.replace(/^# /, "").startsWith(`${key} `));
  return (line ?? "").split(/ {2,}# /);
}

describe("defaults < file < environment < flags", () => {
  const file = "port = 1\n[log]\nlevel = 'warn'\n";
  for (const [what, toml, env, args, value, source] of [
    ["nothing", "", {}, [], 8080, "default"],
    ["a file", file, {}, [], 1, "fanfare.toml:1:1"],
    ["PORT before the file", file, { PORT: "2" }, [], 2, "PORT"],
    ["FANFARE_PORT before PORT", file, { PORT: "2", FANFARE_PORT: "3" }, [], 3, "FANFARE_PORT"],
    ["a flag before all", file, { FANFARE_PORT: "3" }, ["--port=4"], 4, "--port"],
    ["the last of two flags", "", {}, ["--port=4", "--port", "5"], 5, "--port"],
    ["an empty PORT, which says nothing", file, { PORT: "" }, [], 1, "fanfare.toml:1:1"],
  ] as const) {
    test(what, async () => {
      const cwd = directoryWith("layers", toml);
      const [line = "", from = ""] = lineOf(await shown(args, { cwd, env }), "port");
      expect(line).toBe(`port = ${value}`);
      expect(from).toEndWith(source);
    });
  }

  test("a file that a flag names goes before one that a variable names, and before the usual one", async () => {
    const cwd = directoryWith("named", "port = 1");
    const env = { FANFARE_CONFIG: join(directoryWith("by-variable", "port = 2"), "fanfare.toml") };
    const flag = ["--config", join(directoryWith("by-flag", "port = 3"), "fanfare.toml")];
    expect(lineOf(await shown([], { cwd, env }), "port")[0]).toBe("port = 2");
    expect(lineOf(await shown(flag, { cwd, env }), "port")[0]).toBe("port = 3");
  });

  test("a path is relative to the file that has it, or else to where the command is called", async () => {
    const file = join(
      directoryWith("paths", "data = 'here'\ntls = { cert = 'c', key = '/k' }"),
      "fanfare.toml",
    );
    const output = await shown(["--config", file]);
    expect(lineOf(output, "data")[0]).toBe(`data = ${JSON.stringify(join(place.path, "paths", "here"))}`);
    expect(lineOf(output, "cert")[0]).toBe(
      `cert  = ${JSON.stringify(join(place.path, "paths", "c"))}`.replace("  ", " "),
    );
    expect(lineOf(await shown(["--data", "here"]), "data")[0]).toBe(
      `data = ${JSON.stringify(join(place.path, "here"))}`,
    );
  });

  test("every setting can be given in a file, by a variable and by a flag", async () => {
    const output = await shown(
      [
        "--limits-stalled=20s",
        "--log-format=json",
        "--origin=https://a.example",
        "--origin",
        "https://b.example",
      ],
      {
        cwd: directoryWith("all", "limits.hello = '1m'\nlimits.rooms_per_connection = 5\n"),
        env: {
          FANFARE_LIMITS_PRESENCE_GRACE: "0ms",
          FANFARE_LIMITS_UNCOMMITTED_PER_NODE: "1.5GiB",
          FANFARE_ENGINE: "memory",
          FANFARE_INSECURE: "1",
          FANFARE_HOST: "0.0.0.0",
        },
      },
    );
    expect(lineOf(output, "stalled")).toEqual(['stalled = "20s"', "--limits-stalled"]);
    expect(lineOf(output, "hello")[0]).toBe('hello = "1m"');
    expect(lineOf(output, "rooms_per_connection")[0]).toBe("rooms_per_connection = 5");
    expect(lineOf(output, "presence_grace")[0]).toBe('presence_grace = "0ms"');
    expect(lineOf(output, "uncommitted_per_node")[0]).toBe('uncommitted_per_node = "1536MiB"');
    expect(lineOf(output, "insecure")).toEqual(["insecure = true", "FANFARE_INSECURE"]);
    expect(lineOf(output, "origins")[0]).toBe('origins = ["https://a.example", "https://b.example"]');
    expect(output).toContain("of no use with engine memory");
  });

  test("mounts add to each other, and one of the same path replaces the other", async () => {
    const output = await shown(["--mount", "/ws/:name=feed", "--mount=/x=mirror"], {
      cwd: directoryWith("mounts", "[mounts]\n'/ws' = 'echo'\n'/echo' = 'none'\n'/x' = 'echo'"),
      env: { FANFARE_MOUNTS: "/feed=board, /y/:z=chat" },
    });
    const mounts = output
      .slice(output.indexOf("[mounts]"), output.indexOf("[[policies]]"))
      .trim()
      .split("\n");
    expect(mounts.map((line) => line.split(/ {2,}# /)[0])).toEqual([
      "[mounts]",
      '"/ws" = "echo"',
      '"/ws/:name" = "feed"',
      '"/board" = "board"',
      '"/feed" = "board"',
      '"/feed/:topic" = "feed"',
      '"/echo" = "none"',
      '"/x" = "mirror"',
      '"/y/:z" = "chat"',
    ]);
  });

  test("ROOM-4: the more exact policy comes first, and what it does not say stays as it was for these rooms", async () => {
    const output = await shown([], {
      env: {
        FANFARE_POLICIES: '[{ pattern = "*", events = false }, { pattern = "todo:x*", history.age = "7d" }]',
      },
    });
    const policies = output.split("[[policies]]").slice(1);
    expect(policies.map((text) => /pattern = ("\S+")/.exec(text)?.[1])).toEqual([
      '"todo:x*"',
      '"board:*"',
      '"todo:*"',
      '"*"',
    ]);
    expect(policies[0]).toContain('history.age = "7d"');
    expect(policies[0]).toContain('publish = "service"');
    expect(policies[3]).toContain("events = false");
    expect(policies[1]).toContain("events = true");
  });

  for (const args of [
    [],
    ["--socket", "/tmp/s"],
    ["--engine=memory", "--mount=/ws=echo", "--mount=/echo=none", "--origin=https://*.example.com"],
  ]) {
    test(`what fanfare config ${args.join(" ")} prints is a file that says the same`, async () => {
      const output = await shown(args);
      const values = (text: string) => text.replaceAll(/ *#.*$/gm, "");
      expect(values(await shown([], { cwd: directoryWith("again", output) }))).toBe(values(output));
    });
  }
});

describe("what is configured takes effect", () => {
  test("mounts, policies and limits from a file, and a port from a variable", async () => {
    const cwd = directoryWith(
      "effect",
      `
data = "messages"
limits.rooms_per_connection = 2
[mounts]
"/ws" = "echo"
"/board" = "none"
"/talk/:here" = "chat"
[[policies]]
pattern = "quiet:*"
presence = false
events = false
max_data = "10B"
max_members = 1
publish = "service"
`,
    );
    await using fanfare = new FanfareProcess(["serve"], [], { cwd, env: { FANFARE_PORT: "0" } });
    const [, address = ""] = await fanfare.printed(/(http:\/\/[^\s"]+)/);
    const url = new URL(address);
    expect(existsSync(join(cwd, "messages"))).toBe(true);
    const headers = { accept: "application/json" }; // the page is there without the mount
    expect((await fetch(new URL("/board", url), { headers })).status).toBe(404);
    expect((await fetch(new URL("/talk/lobby", url))).status).toBe(400);
    expect((await fetch(new URL("/talk/lobby?username=Eren", url))).status).toBe(426);

    const armin = await NativeClient.connect(url, "Armin");
    expect(armin.hello?.limits.rooms).toBe(2);
    expect(await armin.request({ op: "publish", room: "quiet:1", type: "note", data: 1 })).toMatchObject({
      name: "forbidden",
    });
    expect(await armin.request({ op: "join", room: "quiet:1", presence: true })).toMatchObject({
      name: "forbidden",
    });
    await armin.ok({ op: "join", room: "quiet:1" });
    expect(await armin.request({ op: "event", room: "quiet:1", type: "wave", data: 1 })).toMatchObject({
      name: "forbidden",
    });
    const mikasa = await NativeClient.connect(url, "Mikasa");
    expect(await mikasa.request({ op: "join", room: "quiet:1" })).toMatchObject({ name: "room_full" });
    await armin.ok({ op: "join", room: "chat:1" });
    expect(await armin.request({ op: "join", room: "chat:2" })).toMatchObject({ name: "too_many_rooms" });
  });

  test("the example of seed-systems.md: --port N --mount /ws=echo", async () => {
    await using server = await ServerProcess.start(join(place.path, "echo"), "--mount", "/ws=echo");
    const link = await WebSocketClient.open("a client", server.url, "/ws");
    const frame = Promise.withResolvers<string>();
    link.onFrame = frame.resolve;
    link.send("hi");
    expect(await frame.promise).toBe("This is the message received by the server: hi");
    await link.close();
  });

  test("ORIGIN-2: --origin admits pages of other hosts", async () => {
    await using server = await ServerProcess.start(
      join(place.path, "origin"),
      "--origin=https://*.example.com",
    );
    const status = async (origin: string) => {
      const headers = { origin, connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
      const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
      return (await fetch(new URL("/board", server.url), { headers: { ...headers, ...key } })).status;
    };
    expect(await status("https://app.example.com")).toBe(101);
    expect(await status("https://example.com")).toBe(403);
    expect(await status("http://app.example.com")).toBe(403);
  });
});

test("docs/configuration.md lists the settings as they are", async () => {
  const page = await Bun.file(new URL("../../../docs/configuration.md", import.meta.url)).text();
  expect(page).toBe(configurationPage(page)); // if not: npm run docs
});

describe("docs/limits.md has each limit with its default", () => {
  const UNITS = {
    bytes: formatSize,
    ms: (amount: number) => `${amount / 1_000}s`,
    count: (amount: number) => amount.toLocaleString("en"),
  };
  const limits = [SERVER_LIMITS, RATE_LIMITS, TODO_LIMITS].flatMap((table) => Object.values<Limit>(table));
  for (const { key, unit, default: amount } of limits) {
    test(key, async () => {
      const page = await Bun.file(new URL("../../../docs/limits.md", import.meta.url)).text();
      const rows = page.split("\n").filter((line) => line.includes(` | \`${key}\` | `));
      const written = UNITS[unit](amount).replace(/(\d)(?=[A-Za-z])/, "$1 ");
      expect(rows.map((row) => (row.split(" | ")[2] ?? "").split(";")[0])).toEqual([written]);
    });
  }
});
