import { machineTime } from "../processes/machine-time.ts";
import { processorTime } from "../processes/processor-time.ts";
import { type ClientPool, openClientPool } from "./client-pool.ts";
import type { ConnectOptions, DrainOptions, PublishOptions, Sample } from "./generator-methods.ts";
import { Metrics } from "./metrics.ts";
import { RawClient } from "./raw-client.ts";

const POLL = 10;
const NAMED = 3;

/** Loads a server in one measurement: opens connections, publishes, and counts. */
export class Generator {
  readonly #metrics = new Metrics();
  #clients: ClientPool = { listeners: [], publishers: [] };

  async connect(options: ConnectOptions): Promise<{ connections: number }> {
    this.#clients = await openClientPool(options, this.#metrics);
    if (options.rest > 0) restBetweenTurns(options.rest);
    return { connections: this.#all().length };
  }

  publish(options: PublishOptions): null {
    for (const publisher of this.#clients.publishers) publisher.publish(options);
    return null;
  }

  async drain({ published, patience }: DrainOptions): Promise<null> {
    for (const publisher of this.#clients.publishers) publisher.stop();
    if (published !== undefined) {
      for (const client of this.#clients.listeners) if (client instanceof RawClient) client.expect(published);
    }
    let missing = this.#missing();
    let progress = this.#progress();
    for (let since = performance.now(); missing.length > 0 && performance.now() - since < patience; ) {
      await Bun.sleep(POLL);
      missing = this.#missing();
      if (this.#progress() !== progress) since = performance.now();
      progress = this.#progress();
    }
    const more = missing.length > NAMED ? [`and ${missing.length - NAMED} more of the kind`] : [];
    for (const text of [...missing.slice(0, NAMED), ...more]) this.#metrics.faults.add(text);
    return null;
  }

  sample({ serverPid }: { serverPid: number }): Sample {
    const { deliveries, frames, bytes, sent, acks, specimen, latencies, faults, closes } = this.#metrics;
    const { user, system } = process.cpuUsage();
    const sample: Sample = {
      at: performance.now(),
      deliveries,
      frames,
      bytes,
      sent,
      acks,
      specimen: specimen ?? null,
      latencies: [...latencies.counts],
      faultCount: faults.count,
      faults: faults.first,
      closes: Object.fromEntries(closes),
      listening: this.#clients.listeners.filter((client) => client.isOpen).length,
      generatorTime: (user + system) / 1000,
      serverTime: processorTime(serverPid) ?? null,
      machineTime: machineTime() ?? null,
    };
    latencies.clear();
    return sample;
  }

  #all() {
    return [...this.#clients.listeners, ...this.#clients.publishers];
  }

  /** Grows with every arrival. */
  #progress(): number {
    return this.#metrics.frames + this.#metrics.acks;
  }

  #missing(): string[] {
    return this.#all().flatMap((client) => client.missing() ?? []);
  }
}

function restBetweenTurns(time: number): void {
  Bun.sleepSync(time);
  setImmediate(restBetweenTurns, time);
}
