import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GUEST } from "../../../test/support/guest.ts";
import { DialectClient, dialectContract } from "../../../testing/dialect-contract.ts";
import { Simulation } from "../../../testing/simulation/simulation.ts";
import type { Limits } from "../../config/limits.ts";
import type { Fields, Log } from "../../telemetry/log.ts";
import { mirror } from "../mirror/mirror.ts";
import { echo } from "./echo.ts";

const REQUEST = { name: undefined, query: new URLSearchParams(), prefix: "", ...GUEST };
const PREFIX = "This is the message received by the server: ";

class Notes implements Log {
  readonly lines: { level: string; event: string; fields?: Fields | undefined }[] = [];
  readonly debug = this.#note("debug");
  readonly info = this.#note("info");
  readonly warn = this.#note("warn");
  readonly error = this.#note("error");

  #note(level: string) {
    return (event: string, fields?: Fields) => {
      this.lines.push({ level, event, fields });
    };
  }
}

for (const [name, dialect, prefix] of [
  ["echo", echo(new Notes()), PREFIX],
  ["mirror", mirror, ""],
] as const) {
  dialectContract(name, {
    dialect,
    request: () => REQUEST,
    greet: () => [],
    say: (text) => text,
    said: (frames) => frames.map((frame) => frame.slice(prefix.length)),
    frame: fc.oneof(fc.string({ unit: "grapheme" }), fc.json()),
    answersDue: () => 1,
    answers: (frames) => frames.length,
  });
}

function start(dialect = echo(new Notes()), limits: Partial<Limits> = {}) {
  const simulation = new Simulation({ limits: { replayAhead: 1_000, ...limits } });
  const client = new DialectClient(simulation.node(), dialect, REQUEST, () => simulation.clock.settle());
  return { simulation, client };
}

describe("echo", () => {
  test("ECHO-1: a frame T is answered with the seed's sentence and T", async () => {
    const { client } = start();
    const texts = ["hello", "", '{"a":1}', 'a\u0000\n"語🚀'];
    await client.send(...texts);
    expect(client.frames).toEqual(texts.map((text) => `This is the message received by the server: ${text}`));
  });

  test("ECHO-4: messages are logged up to so many at once and per second, and a later line says how many were not", async () => {
    const notes = new Notes();
    const dialect = echo(notes);
    const { client, simulation } = start(dialect, { echoLines: 10 });
    const other = new DialectClient(simulation.node(), dialect, REQUEST, () => simulation.clock.settle());
    for (const each of [client, other]) for (let i = 0; i < 5_000; i++) each.session.receive("spam");
    expect(notes.lines).toHaveLength(1_000);
    await simulation.clock.advance(1_000);
    for (let i = 0; i < 100; i++) client.session.receive("again");
    expect(notes.lines).toHaveLength(1_010);
    expect(notes.lines[1_000]?.fields).toEqual({ text: "again", before: 9_000 });
    expect(notes.lines[1_001]?.fields).toEqual({ text: "again" });
  });

  test("ECHO-4: each message is one line of the log, cut at 200 characters", async () => {
    const notes = new Notes();
    const { client } = start(echo(notes));
    await client.send("hello", "x".repeat(200), "x".repeat(201), "🚀".repeat(150), "🚀".repeat(300), "");
    expect(notes.lines.map(({ level, event }) => `${level} ${event}`)).toEqual(
      Array(6).fill("info echo.received"),
    );
    expect(notes.lines.map(({ fields }) => fields?.text)).toEqual([
      "hello",
      "x".repeat(200),
      "x".repeat(200),
      "🚀".repeat(150),
      "🚀".repeat(200),
      "",
    ]);
  });
});

describe("a client that sends and does not read", () => {
  test("ECHO-2: is not read past the bound, what was read before waits unanswered, and all is answered in order", async () => {
    for (const dialect of [echo(new Notes()), mirror]) {
      const { client } = start(dialect);
      const { socket, session } = client;
      socket.slow = true;
      const texts = Array.from({ length: 500 }, (_, i) => `${i} ${"x".repeat(50)}`);
      for (const text of texts) session.receive(text);
      expect(socket.paused).toBe(true);
      expect(socket.mostBuffered).toBeLessThan(1_200);
      while (socket.frames.length < texts.length) {
        expect(socket.paused).toBe(true);
        socket.take(300);
        session.writable();
      }
      expect(socket.mostBuffered).toBeLessThan(1_200);
      expect(client.frames.map((frame) => frame.replace(PREFIX, ""))).toEqual(texts);
      socket.take();
      session.writable();
      expect(socket.paused).toBe(false);
      session.receive("again");
      expect(client.frames.at(-1)).toEndWith("again");
    }
  });
});

describe("mirror", () => {
  test("MIRROR-1: text comes back as text, and binary as binary, byte for byte", async () => {
    const { client } = start(mirror);
    const bytes = [new Uint8Array(), new Uint8Array([0, 255, 254]), new TextEncoder().encode("text")];
    await client.send("text", "");
    for (const each of bytes) client.session.receiveBinary?.(each);
    expect(client.frames).toEqual(["text", ""]);
    expect(client.socket.binaries).toEqual(bytes);
  });
});
