import type { ConnectOptions, PublishOptions } from "../generator/generator-methods.ts";
import type { GeneratorProcess } from "../generator/generator-process.ts";
import type { RunScope } from "../processes/run-scope.ts";
import { FanfareServer, type ServerSettings } from "../servers/fanfare-server.ts";
import type { LoadTarget } from "./load-target.ts";
import { startGenerator } from "./start-generator.ts";

const PATIENCE = 10_000;

/** A Fanfare server whose load are a generator's own publishes. */
export class FanfareTarget implements LoadTarget {
  private constructor(
    readonly server: FanfareServer,
    readonly generator: GeneratorProcess,
    readonly publishing: PublishOptions,
  ) {}

  static async start(
    scope: RunScope,
    settings: ServerSettings,
    connections: Omit<ConnectOptions, "url">,
    publishing: PublishOptions,
  ): Promise<FanfareTarget> {
    const server = await FanfareServer.start(scope, settings);
    try {
      const generator = await startGenerator(scope, { ...connections, url: server.url });
      return new FanfareTarget(server, generator, publishing);
    } catch (error) {
      throw new Error(`${error}\n${server.errors}`.trim(), { cause: error });
    }
  }

  get serverPid(): number {
    return this.server.pid;
  }

  get serverErrors(): string {
    return this.server.errors;
  }

  begin(): Promise<null> {
    return this.generator.call("publish", this.publishing);
  }

  end(): Promise<null> {
    return this.generator.call("drain", { patience: PATIENCE });
  }

  /** A message as its members got it. */
  async specimen(): Promise<string> {
    const { specimen } = await this.generator.call("sample", { serverPid: this.serverPid });
    if (specimen === null) throw new Error("not one message arrived");
    return specimen;
  }

  async stop(): Promise<void> {
    await this.generator.kill();
    await this.server.stop();
  }
}
