import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Mailbox } from "@fanfare/testing/mailbox";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import type { Subprocess } from "bun";
import { Consumer, NODE } from "./consumer.ts";

const EXAMPLE = fileURLToPath(new URL("../../../../examples/chat.ts", import.meta.url));

let consumer: Consumer;
beforeAll(async () => {
  consumer = await Consumer.create();
  consumer.link("@types/node", "undici-types", "@types/ws", "ws");
});
afterAll(() => consumer[Symbol.dispose]());

test("the example has at most 30 lines", () => {
  expect(readFileSync(EXAMPLE, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(30);
});

test("the example talks in Node with Bun, and says who comes and goes and when the server is away", async () => {
  using data = scratchDirectory();
  await using first = await ServerProcess.start(data.path);
  copyFileSync(EXAMPLE, join(consumer.path, "chat.ts"));
  await consumer.compile("chat.ts", NODE);
  await using node = new Talker([
    Bun.which("node") ?? "node",
    join(consumer.path, "chat.js"),
    "nora",
    first.url.href,
  ]);
  await node.printed("* nora is here");
  await using bun = new Talker([process.execPath, EXAMPLE, "bert", first.url.href]);
  await Promise.all([node.printed("* bert is here"), bun.printed("* bert is here")]);

  node.say("hello from Node");
  await Promise.all([node, bun].map((talker) => talker.printed("nora: hello from Node")));
  await first.end("SIGKILL");
  await Promise.all([node, bun].map((talker) => talker.printed("* offline")));
  bun.say("said while the server was away");
  await using _second = await ServerProcess.start(data.path, "--port", first.url.port);
  await Promise.all([node, bun].map((talker) => talker.printed("bert: said while the server was away")));
  expect(await bun.end()).toBe(0);
  expect(await node.end()).toBe(0);
  for (const { lines } of [node, bun]) {
    expect(lines.all.filter((line) => line.includes(": "))).toEqual([
      "nora: hello from Node",
      "bert: said while the server was away",
    ]);
  }
});

/** The example in a process. */
class Talker implements AsyncDisposable {
  readonly lines: Mailbox<string>;
  readonly #child: Subprocess<"pipe", "pipe", "inherit">;

  constructor(cmd: string[]) {
    this.lines = new Mailbox(cmd.join(" "));
    this.#child = Bun.spawn({ cmd, stdio: ["pipe", "pipe", "inherit"] });
    void this.#read(this.#child.stdout);
  }

  printed(line: string): Promise<void> {
    return this.lines.when(() => this.lines.all.includes(line), line);
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
    this.#child.stdin.flush();
  }

  /** Ends its input. @returns its exit code. */
  end(): Promise<number> {
    this.#child.stdin.end();
    return this.#child.exited;
  }

  async #read(stdout: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
    }
    this.lines.end("it ended");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }
}
