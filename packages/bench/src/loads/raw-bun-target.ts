import type { GeneratorProcess } from "../generator/generator-process.ts";
import type { RunScope } from "../processes/run-scope.ts";
import { RawBunProcess } from "../servers/raw-bun-process.ts";
import type { LoadTarget } from "./load-target.ts";
import { REST, startGenerator } from "./start-generator.ts";

const PATIENCE = 10_000;
/** Bytes that raw Bun publishes per turn of its event loop; less costs it throughput, more gains nothing. */
const TURN = 64 * 1024;

/** A bare `Bun.serve` that publishes one text over and over. */
export class RawBunTarget implements LoadTarget {
  /** Empty, since it inherits this process's standard error. */
  readonly serverErrors = "";
  #text = "";

  private constructor(
    readonly server: RawBunProcess,
    readonly generator: GeneratorProcess,
  ) {}

  static async start(scope: RunScope, members: number): Promise<RawBunTarget> {
    const server = new RawBunProcess(scope);
    const { port } = await server.call("listen", null);
    const generator = await startGenerator(scope, {
      dialect: "raw",
      url: `ws://127.0.0.1:${port}`,
      prefix: "raw",
      rooms: 1,
      listeners: members,
      publishers: 0,
      publishersJoin: false,
      rest: REST,
    });
    return new RawBunTarget(server, generator);
  }

  get serverPid(): number {
    return this.server.pid;
  }

  /** Sets what it publishes after the next `begin`. */
  load(text: string): void {
    this.#text = text;
  }

  begin(): Promise<null> {
    const text = this.#text;
    return this.server.call("pump", { text, perTurn: Math.ceil(TURN / text.length) });
  }

  async end(): Promise<void> {
    const { published } = await this.server.call("stop", null);
    await this.generator.call("drain", { published, patience: PATIENCE });
  }

  async stop(): Promise<void> {
    await this.generator.kill();
    await this.server.kill();
  }
}
