/**
 * An engine in the thread of its nodes, given where their logs are kept (`LocalLogs`): the broker and a pipe to each
 * node. Its clock and its scheduling are passed in, so a simulation can replay it step by step.
 */
import { Broker } from "../broker/broker.ts";
import type { RequestBatch } from "../broker/node-request.ts";
import type { Engine, EngineListener, EngineNode } from "../engine.ts";
import { LocalChannel } from "./local-channel.ts";
import type { LocalLogs } from "./local-logs.ts";
import { LocalNode } from "./local-node.ts";

export interface LocalEngineOptions {
  /** How long a silent node keeps its attendees, in ms. */
  readonly leaseMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Runs `step` soon, never at once, and in the order of the calls. */
  readonly defer: (step: () => void) => void;
  /** Runs `step` after `ms` and gives a function that prevents it. Must not keep the process alive. */
  readonly later: (ms: number, step: () => void) => () => void;
}

/** The machine's clock and the event loop's scheduling. */
export const SYSTEM_SCHEDULING: Pick<LocalEngineOptions, "now" | "defer" | "later"> = {
  now: Date.now,
  defer: (step) => setImmediate(step),
  later: (ms, step) => {
    const timer = setTimeout(step, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export class LocalEngine implements Engine {
  readonly contract = 1;
  readonly #logs: LocalLogs;
  readonly #options: LocalEngineOptions;
  readonly #broker: Broker;
  readonly #nodes = new Set<LocalNode>();
  #batches: RequestBatch[] = [];
  #scheduled = false;
  #stopUpkeep: (() => void) | undefined;
  #closed = false;

  constructor(logs: LocalLogs, options: LocalEngineOptions) {
    this.#logs = logs;
    this.#options = options;
    this.#broker = new Broker(logs, options);
  }

  connect(listener: EngineListener): EngineNode {
    if (this.#closed) throw new Error("the engine is closed");
    const channel = new LocalChannel(listener);
    const session = this.#broker.connect(channel, this.#options.now());
    const node = new LocalNode(session, channel, this.#logs, {
      submit: (batch) => this.#submit(batch),
      defer: this.#options.defer,
    });
    this.#nodes.add(node);
    this.#stopUpkeep ??= this.#scheduleUpkeep();
    return node;
  }

  /** Stops a node of this engine as if its machine had lost power. For tests and simulations. */
  crash(node: EngineNode): void {
    for (const own of this.#nodes) {
      if (own !== node) continue;
      own.crash();
      this.#nodes.delete(own);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#nodes].map((node) => node.close()));
    this.#stopUpkeep?.();
    this.#stopUpkeep = undefined;
  }

  #submit(batch: RequestBatch): void {
    this.#batches.push(batch);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.defer(() => this.#step());
  }

  #step(): void {
    this.#scheduled = false;
    const batches = this.#batches;
    this.#batches = [];
    this.#broker.process(batches, this.#options.now());
  }

  /** Renews leases, expires crashed nodes, and trims by age. Nodes of this process are alive unless they crashed. */
  #scheduleUpkeep(): () => void {
    return this.#options.later(this.#options.leaseMs / 4, () => {
      const now = this.#options.now();
      for (const node of this.#nodes) {
        if (node.closed) this.#nodes.delete(node);
        else this.#broker.renewLease(node.session, now);
      }
      this.#broker.expire(now);
      this.#logs.forgetOld(now);
      this.#stopUpkeep = this.#broker.sessions.size > 0 ? this.#scheduleUpkeep() : undefined;
    });
  }
}
