/** The engines of one test, disposed of together when it ends. */
import type { EngineHarness, EngineSettings, OpenEngine } from "./harness.ts";
import { RecordingListener } from "./recording-listener.ts";

export class TestEngines {
  readonly #harness: EngineHarness;
  readonly #open: OpenEngine[] = [];

  constructor(harness: EngineHarness) {
    this.#harness = harness;
  }

  async open(settings: EngineSettings = {}): Promise<OpenEngine> {
    const opened = await this.#harness.open(settings);
    this.#open.push(opened);
    return opened;
  }

  /** Three nodes on a new engine. */
  async nodes(
    settings: EngineSettings = {},
  ): Promise<[RecordingListener, RecordingListener, RecordingListener]> {
    const { engine } = await this.open(settings);
    return [new RecordingListener(engine), new RecordingListener(engine), new RecordingListener(engine)];
  }

  async reopen(opened: OpenEngine, how: "close" | "crash"): Promise<OpenEngine> {
    const again = await opened.reopen(how);
    this.#open[this.#open.indexOf(opened)] = again;
    return again;
  }

  async clear(): Promise<void> {
    for (const opened of this.#open.splice(0)) await opened.dispose();
  }
}
