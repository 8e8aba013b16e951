import { type ScratchDirectory, scratchDirectory } from "./scratch-directory.ts";
import { ServerProcess } from "./server-process.ts";

/** A server process that a test can kill and start again at the same port, on the same data directory. */
export class RestartableServer implements AsyncDisposable {
  kills = 0;
  readonly #data: ScratchDirectory;
  #process: ServerProcess;

  private constructor(process: ServerProcess, data: ScratchDirectory) {
    this.#process = process;
    this.#data = data;
  }

  static async start(): Promise<RestartableServer> {
    const data = scratchDirectory();
    try {
      return new RestartableServer(await ServerProcess.start(data.path), data);
    } catch (error) {
      data[Symbol.dispose]();
      throw error;
    }
  }

  get url(): URL {
    return this.#process.url;
  }

  async kill(): Promise<void> {
    this.kills++;
    await this.#process.end("SIGKILL");
  }

  async restart(): Promise<void> {
    const { port } = this.url;
    this.#process = await ServerProcess.start(this.#data.path, "--port", port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    this.#data[Symbol.dispose]();
  }
}
