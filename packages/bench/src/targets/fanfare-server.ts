import type { EngineName } from "@fanfare/server";
import type { Stage } from "../processes/stage.ts";

const STARTING_TIME = 15_000;
const STOPPING_TIME = 10_000;
const LAST_WORDS = 4_000;
export const SERVER_PROGRAM = Bun.fileURLToPath(new URL("../../../cli/src/main.ts", import.meta.url));

export interface ServerSettings {
  /** The program that has `serve`. */
  readonly program: string;
  readonly engine?: EngineName;
  /** What else it is told. */
  readonly flags?: readonly string[];
}

/** A Fanfare server in a process of its own, with a data directory of its own. */
export class FanfareServer {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** `ws://HOST:PORT` */
  readonly url: string;
  readonly #complaints: () => string;

  private constructor(
    child: Bun.Subprocess<"ignore", "pipe", "pipe">,
    url: string,
    complaints: () => string,
  ) {
    this.#child = child;
    this.url = url;
    this.#complaints = complaints;
  }

  /** @throws if it does not listen in time; the message has its last words */
  static async start(stage: Stage, { program, engine, flags = [] }: ServerSettings): Promise<FanfareServer> {
    const engineFlags = engine === undefined ? [] : ["--engine", engine];
    const child = stage.spawn(
      [
        program,
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--data",
        stage.folder(),
        ...engineFlags,
        ...flags,
      ],
      { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    );
    const address = Promise.withResolvers<string>();
    let said = "";
    let complaints = "";
    const hear = (text: string) => {
      said = (said + text).slice(-LAST_WORDS);
      const origin = /http:\/\/[\w.[\]-]+:\d+/.exec(said)?.[0];
      if (origin !== undefined) address.resolve(origin);
    };
    const failed = (why: string) => address.reject(new Error(`the server ${why}; it said:\n${said.trim()}`));
    const timer = setTimeout(failed, STARTING_TIME, `did not listen within ${STARTING_TIME / 1000} s`);
    listen(child.stdout, hear);
    listen(child.stderr, (text) => {
      complaints = (complaints + text).slice(-LAST_WORDS);
      hear(text);
    });
    child.exited.then((code) => failed(`ended with ${code}`));
    try {
      return new FanfareServer(child, (await address.promise).replace("http:", "ws:"), () => complaints);
    } finally {
      clearTimeout(timer);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The end of what it wrote to its standard error. */
  get complaints(): string {
    return this.#complaints().trim();
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), STOPPING_TIME);
    await this.#child.exited;
    clearTimeout(force);
  }
}

/** Hears a stream to its end, so that nobody blocks on a full pipe. */
async function listen(stream: ReadableStream<Uint8Array>, hear: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) hear(decoder.decode(bytes, { stream: true }));
}
