import { machineTime } from "../processes/machine-time.ts";
import { processorTime } from "../processes/processor-time.ts";
import { type Crowd, gatherCrowd } from "./crowd.ts";
import type { Gathering, Hushing, Publishing, Sample } from "./orders.ts";
import { RawClient } from "./raw-client.ts";
import { Tally } from "./tally.ts";

const POLL = 10;
const NAMED = 3;

/** Carries out the orders of one measurement. */
export class Generator {
  readonly #tally = new Tally();
  #crowd: Crowd = { listeners: [], publishers: [] };

  async gather(order: Gathering): Promise<{ connections: number }> {
    this.#crowd = await gatherCrowd(order, this.#tally);
    if (order.rest > 0) restBetweenTurns(order.rest);
    return { connections: this.#everybody().length };
  }

  publish(order: Publishing): null {
    for (const publisher of this.#crowd.publishers) publisher.publish(order);
    return null;
  }

  async hush({ published, patience }: Hushing): Promise<null> {
    for (const publisher of this.#crowd.publishers) publisher.hush();
    if (published !== undefined) {
      for (const client of this.#crowd.listeners) if (client instanceof RawClient) client.expect(published);
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
    for (const text of [...missing.slice(0, NAMED), ...more]) this.#tally.faults.add(text);
    return null;
  }

  sample({ serverPid }: { serverPid: number }): Sample {
    const { deliveries, frames, bytes, sent, acks, specimen, latencies, faults, closes } = this.#tally;
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
      listening: this.#crowd.listeners.filter((client) => client.isOpen).length,
      generatorTime: (user + system) / 1000,
      serverTime: processorTime(serverPid) ?? null,
      machineTime: machineTime() ?? null,
    };
    latencies.clear();
    return sample;
  }

  #everybody() {
    return [...this.#crowd.listeners, ...this.#crowd.publishers];
  }

  /** Grows with whatever arrives. */
  #progress(): number {
    return this.#tally.frames + this.#tally.acks;
  }

  #missing(): string[] {
    return this.#everybody().flatMap((client) => client.missing() ?? []);
  }
}

function restBetweenTurns(time: number): void {
  Bun.sleepSync(time);
  setImmediate(restBetweenTurns, time);
}
