import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ScratchDirectory, scratchDirectory } from "@fanfare/testing/scratch-directory";

const SOURCE = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
const WS = createRequire(import.meta.url).resolve("ws/package.json");

/** What stands before each program: `url` is the first argument. */
const HEAD = `
import { createRequire } from "node:module";
import { Fanfare, FanfareError } from "./client.js";
const { WebSocket } = createRequire(process.argv[2])("ws");
const url = process.argv[3];
`;

export interface NodeRun {
  readonly out: string;
  readonly fault: string;
  readonly code: number;
}

/** A program that runs in Node, with the SDK and the WebSocket of the package `ws`. */
export class NodeProgram implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** What it wrote, once it has ended by itself. */
  readonly ended: Promise<NodeRun>;

  private constructor(
    private readonly folder: ScratchDirectory,
    url: URL,
    node: string,
  ) {
    this.#process = Bun.spawn([node, join(folder.path, "program.js"), WS, url.href], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const { stdout, stderr, exited } = this.#process;
    this.ended = Promise.all([new Response(stdout).text(), new Response(stderr).text(), exited]).then(
      ([out, fault, code]) => ({ out, fault, code }),
    );
  }

  /** @param program what follows the imports of `Fanfare`, `FanfareError` and `WebSocket`, and `url` */
  static async start(program: string, url: URL, node = "node"): Promise<NodeProgram> {
    const folder = scratchDirectory();
    const built = await Bun.build({ entrypoints: [SOURCE], target: "browser" });
    writeFileSync(join(folder.path, "client.js"), (await built.outputs[0]?.text()) ?? "");
    writeFileSync(join(folder.path, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(folder.path, "program.js"), HEAD + program);
    return new NodeProgram(folder, url, node);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    this.folder[Symbol.dispose]();
  }
}
