import { DEFAULT_LIMITS, type Limits } from "../../src/config/limits.ts";
import type { Policy } from "../../src/config/policy.ts";
import { MemoryEngine } from "../../src/engines/memory/index.ts";
import { Hub } from "../../src/hub/hub.ts";
import type { Identity } from "../../src/hub/identity.ts";
import type { Audit } from "../../src/hub/ports.ts";
import { FaultyEngine } from "./faulty-engine.ts";
import { Seed } from "./seed.ts";
import { SimulatedClient } from "./simulated-client.ts";
import { SimulatedBroadcast } from "./simulated-socket.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface SimulationOptions {
  readonly seed?: number;
  readonly policies?: readonly Policy[];
  readonly audit?: Audit;
  readonly limits?: Partial<Limits>;
}

/** Nodes on one engine, in one process and in virtual time: the same seed and the same calls, the same outcome. */
export class Simulation {
  readonly clock = new VirtualClock();
  readonly seed: Seed;
  readonly engine: FaultyEngine;
  readonly #memory: MemoryEngine;

  constructor(private readonly options: SimulationOptions = {}) {
    this.seed = new Seed(options.seed ?? 1);
    this.#memory = new MemoryEngine({
      policies: options.policies ?? [],
      now: this.clock.now,
      defer: this.clock.soon,
      later: (ms, step) => {
        const timer = this.clock.after(ms, step);
        return () => timer.cancel();
      },
      epoch: () => "life1",
    });
    this.engine = new FaultyEngine(this.#memory, this.clock);
  }

  node(): SimulatedNode {
    const broadcast = new SimulatedBroadcast();
    const { policies = [], limits, audit } = this.options;
    const damaged: [room: string, reason: string][] = [];
    const hub = new Hub({
      engine: this.engine,
      clock: this.clock,
      randomness: this.seed,
      broadcast,
      policies,
      ...(audit && { audit }),
      limits: { ...DEFAULT_LIMITS, ...limits },
      damaged: (room, reason) => damaged.push([room, reason]),
      onFault: (error) => {
        throw error;
      },
    });
    const { node } = this.engine;
    return new SimulatedNode(hub, broadcast, damaged, () => node && this.#memory.crash(node));
  }
}

export class SimulatedNode {
  constructor(
    readonly hub: Hub,
    readonly broadcast: SimulatedBroadcast,
    /** What the hub reported of damaged rooms. */
    readonly damaged: readonly [room: string, reason: string][],
    /** Stops the node without a word. */
    readonly crash: () => void,
  ) {}

  client(identity: Identity | string): SimulatedClient {
    const who = typeof identity === "string" ? { user: identity } : identity;
    return new SimulatedClient(this.hub, this.broadcast, who);
  }
}
