import type { GeneratorProcess } from "../generator/generator-process.ts";
import type { Gathering, Publishing } from "../generator/orders.ts";
import type { Stage } from "../processes/stage.ts";
import { FanfareServer, type ServerSettings } from "../targets/fanfare-server.ts";
import type { Contender } from "./contender.ts";
import { gather } from "./gather.ts";

const PATIENCE = 10_000;

/** A Fanfare server whose load are a generator's own publishes. */
export class FanfareContender implements Contender {
  private constructor(
    readonly server: FanfareServer,
    readonly generator: GeneratorProcess,
    readonly publishing: Publishing,
  ) {}

  static async start(
    stage: Stage,
    settings: ServerSettings,
    crowd: Omit<Gathering, "url">,
    publishing: Publishing,
  ): Promise<FanfareContender> {
    const server = await FanfareServer.start(stage, settings);
    try {
      const generator = await gather(stage, { ...crowd, url: server.url });
      return new FanfareContender(server, generator, publishing);
    } catch (error) {
      throw new Error(`${error}\n${server.complaints}`.trim(), { cause: error });
    }
  }

  get serverPid(): number {
    return this.server.pid;
  }

  get complaints(): string {
    return this.server.complaints;
  }

  begin(): Promise<null> {
    return this.generator.ask("publish", this.publishing);
  }

  end(): Promise<null> {
    return this.generator.ask("hush", { patience: PATIENCE });
  }

  /** A message as its members got it. */
  async specimen(): Promise<string> {
    const { specimen } = await this.generator.ask("sample", { serverPid: this.serverPid });
    if (specimen === null) throw new Error("not one message arrived");
    return specimen;
  }

  async stop(): Promise<void> {
    await this.generator.end();
    await this.server.stop();
  }
}
