import { fileURLToPath } from "node:url";
import type { Subprocess } from "bun";
import { DEADLINE } from "./deadline.ts";

/** The main file of this checkout's `fanfare`. */
export const FANFARE_PROGRAM = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: number | NodeJS.Signals | null;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The main file; this checkout's unless given. */
  readonly program?: string;
}

/** This process's own configuration must not reach the servers under test. */
const UNCONFIGURED = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(FANFARE_.*|PORT)$/.test(name)),
);

/** `fanfare …` as a child process, killed at the end of its scope. */
export class FanfareProcess {
  readonly exited: Promise<Exit>;
  stdout = "";
  stderr = "";
  readonly #child: Subprocess<"ignore", "pipe", "pipe">;
  readonly #written: Promise<unknown>;

  /**
   * @param by a command that runs the command behind it, such as `bash -c`.
   * @param options its working directory and variables; unless given, a directory without a configuration file.
   */
  constructor(
    args: readonly string[],
    by: readonly string[] = [],
    { cwd, env, program = FANFARE_PROGRAM }: ProcessOptions = {},
  ) {
    this.#child = Bun.spawn({
      cwd: cwd ?? import.meta.dir,
      env: { ...UNCONFIGURED, ...env },
      // `--no-orphans` ends it when this process ends, even by `kill -9`.
      cmd: [...by, process.execPath, "--no-orphans", "--no-install", program, ...args],
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#written = Promise.all([
      this.#read(this.#child.stdout, (text) => {
        this.stdout += text;
      }),
      this.#read(this.#child.stderr, (text) => {
        this.stderr += text;
      }),
    ]);
    this.exited = this.#child.exited.then(async () => {
      await this.#written;
      return { code: this.#child.exitCode, signal: this.#child.signalCode };
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until its output matches `pattern`. @throws if it ends before. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => deadline.reject(new Error(`not printed: ${pattern}; but: ${this.stdout}${this.stderr}`)),
      DEADLINE,
    );
    try {
      for (;;) {
        const match = this.stdout.match(pattern);
        if (match !== null) return match;
        const ended = this.exited.then(({ code, signal }) => {
          if (pattern.test(this.stdout)) return;
          throw new Error(`it ended with ${signal ?? code} before it printed ${pattern}: ${this.stderr}`);
        });
        await Promise.race([this.#more.promise, ended, deadline.promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits until the process has exited. */
  async end(signal: NodeJS.Signals): Promise<Exit> {
    this.kill(signal);
    return this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) this.#child.kill("SIGKILL");
    await this.exited;
  }

  #more = Promise.withResolvers<void>();

  async #read(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      take(decoder.decode(chunk, { stream: true }));
      this.#more.resolve();
      this.#more = Promise.withResolvers<void>();
    }
  }
}

export interface LaunchOptions {
  /** As for `FanfareProcess`. */
  readonly by?: readonly string[];
  readonly flags?: readonly string[];
  readonly program?: string;
  /** Called before the server listens. */
  readonly onSpawn?: (server: ServerProcess) => void;
}

/** A `fanfare serve` that listens. */
export class ServerProcess extends FanfareProcess {
  #url: URL | undefined;

  /** @param data the directory of its log. */
  static start(data: string, ...flags: string[]): Promise<ServerProcess> {
    return ServerProcess.launch(data, { flags });
  }

  static startBy(by: readonly string[], data: string, ...flags: string[]): Promise<ServerProcess> {
    return ServerProcess.launch(data, { by, flags });
  }

  static async launch(data: string, options: LaunchOptions): Promise<ServerProcess> {
    const { by = [], flags = [], program, onSpawn } = options;
    const usual = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", data];
    const server = new ServerProcess([...usual, ...flags], by, { ...(program !== undefined && { program }) });
    onSpawn?.(server);
    try {
      const [, address = ""] = await server.printed(/(https?:\/\/[^\s"]+)/);
      server.#url = new URL(address);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): URL {
    if (this.#url === undefined) throw new Error("the server is not up");
    return this.#url;
  }
}
