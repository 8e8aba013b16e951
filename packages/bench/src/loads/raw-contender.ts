import type { GeneratorProcess } from "../generator/generator-process.ts";
import type { Stage } from "../processes/stage.ts";
import { RawBun } from "../targets/raw-bun.ts";
import type { Contender } from "./contender.ts";
import { gather, REST } from "./gather.ts";

const PATIENCE = 10_000;
/** Bytes that raw Bun publishes per turn of its event loop; less costs it throughput, more gains nothing. */
const TURN = 64 * 1024;

/** A bare `Bun.serve` that publishes one text over and over. */
export class RawContender implements Contender {
  /** Nothing: its standard error is ours. */
  readonly complaints = "";
  #text = "";

  private constructor(
    readonly server: RawBun,
    readonly generator: GeneratorProcess,
  ) {}

  static async start(stage: Stage, members: number): Promise<RawContender> {
    const server = new RawBun(stage);
    const { port } = await server.ask("listen", null);
    const generator = await gather(stage, {
      dialect: "raw",
      url: `ws://127.0.0.1:${port}`,
      prefix: "raw",
      rooms: 1,
      listeners: members,
      publishers: 0,
      publishersJoin: false,
      rest: REST,
    });
    return new RawContender(server, generator);
  }

  get serverPid(): number {
    return this.server.pid;
  }

  /** What to publish from the next beginning on. */
  load(text: string): void {
    this.#text = text;
  }

  begin(): Promise<null> {
    const text = this.#text;
    return this.server.ask("pump", { text, perTurn: Math.ceil(TURN / text.length) });
  }

  async end(): Promise<void> {
    const { published } = await this.server.ask("stop", null);
    await this.generator.ask("hush", { published, patience: PATIENCE });
  }

  async stop(): Promise<void> {
    await this.generator.end();
    await this.server.end();
  }
}
