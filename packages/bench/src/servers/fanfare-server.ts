import type { EngineName } from "@fanfare/server";
import { FANFARE_PROGRAM, ServerProcess } from "@fanfare/testing/server-process";
import type { RunScope } from "../processes/run-scope.ts";

/** Characters of the server's standard error in a report. */
const REPORTED = 4_000;

export interface ServerSettings {
  /** The program that has `serve`; this checkout's unless given. */
  readonly program?: string;
  readonly engine?: EngineName;
  readonly flags?: readonly string[];
}

/** A Fanfare server in a child process, with a data directory of its own. */
export class FanfareServer {
  readonly #process: ServerProcess;

  private constructor(process: ServerProcess) {
    this.#process = process;
  }

  /** @throws if it does not listen in time; the message has what it printed */
  static async start(scope: RunScope, settings: ServerSettings): Promise<FanfareServer> {
    const { program = FANFARE_PROGRAM, engine, flags = [] } = settings;
    const engineFlags = engine === undefined ? [] : ["--engine", engine];
    const onSpawn = (process: ServerProcess) => void scope.add(process);
    return new FanfareServer(
      await ServerProcess.launch(scope.folder(), { program, flags: [...engineFlags, ...flags], onSpawn }),
    );
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** `ws://HOST:PORT` */
  get url(): string {
    return this.#process.url.origin.replace("http:", "ws:");
  }

  /** Characters of its log so far. */
  get logged(): number {
    return this.#process.stdout.length;
  }

  /** The end of what it wrote to its standard error. */
  get errors(): string {
    return this.#process.stderr.slice(-REPORTED).trim();
  }

  async stop(): Promise<void> {
    await this.#process.end("SIGTERM");
  }
}
