/** Engines of one test, disposed of together when it ends. */
import type { EngineHarness, EngineSettings, OpenEngine } from "./harness.ts";
import { Witness } from "./witness.ts";

export class Workplace {
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
  async nodes(settings: EngineSettings = {}): Promise<[Witness, Witness, Witness]> {
    const { engine } = await this.open(settings);
    return [new Witness(engine), new Witness(engine), new Witness(engine)];
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
