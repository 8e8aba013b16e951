/**
 * The engine for tests, simulations and rooms that may be lost: everything is in this process's memory, and
 * gone with it. What it calls committed is as durable as the process. Copy this folder to begin an engine
 * of your own.
 *
 * Its clock, its randomness and its scheduling are passed in, so a simulation can replay it step by step.
 */
import {
  DEFAULT_ENGINE_OPTIONS,
  type Engine,
  type EngineListener,
  type EngineNode,
  type EngineOptions,
} from "../engine.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { Delivery } from "../exchange/request.ts";
import { MemoryLink } from "./memory-link.ts";
import { MemoryLogs } from "./memory-logs.ts";
import { MemoryNode } from "./memory-node.ts";

export interface MemoryEngineOptions extends EngineOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Runs `step` soon, never at once, and in the order of the calls. */
  readonly defer: (step: () => void) => void;
  /** Runs `step` after `ms` and gives a function that prevents it. Must not keep the process alive. */
  readonly later: (ms: number, step: () => void) => () => void;
  /** Name for the life of this engine's logs; must be a new one each time. */
  readonly epoch: () => string;
}

const DEFAULTS: MemoryEngineOptions = {
  ...DEFAULT_ENGINE_OPTIONS,
  policies: [],
  now: Date.now,
  defer: (step) => setImmediate(step),
  later: (ms, step) => {
    const timer = setTimeout(step, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  epoch: () => crypto.randomUUID(),
};

export class MemoryEngine implements Engine {
  readonly #options: MemoryEngineOptions;
  readonly #logs: MemoryLogs;
  readonly #exchange: Exchange;
  readonly #nodes = new Set<MemoryNode>();
  #deliveries: Delivery[] = [];
  #scheduled = false;
  #stopUpkeep: (() => void) | undefined;
  #closed = false;

  constructor(options: Partial<MemoryEngineOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#logs = new MemoryLogs(this.#options.epoch(), this.#options);
    this.#exchange = new Exchange(this.#logs, this.#options);
  }

  connect(listener: EngineListener): EngineNode {
    if (this.#closed) throw new Error("the engine is closed");
    const link = new MemoryLink(listener);
    const seat = this.#exchange.join(link, this.#options.now());
    const node = new MemoryNode(seat, link, this.#logs, {
      deliver: (delivery) => this.#deliver(delivery),
      defer: this.#options.defer,
    });
    this.#nodes.add(node);
    this.#stopUpkeep ??= this.#scheduleUpkeep();
    return node;
  }

  /** Lets a node of this engine stop without a word, as if its machine had lost power. For tests and simulations. */
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

  #deliver(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.defer(() => this.#step());
  }

  #step(): void {
    this.#scheduled = false;
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    this.#exchange.carryOut(deliveries, this.#options.now());
  }

  /** Leases, and what age alone removes. Nodes of this process are alive unless they crashed. */
  #scheduleUpkeep(): () => void {
    return this.#options.later(this.#options.leaseMs / 4, () => {
      const now = this.#options.now();
      for (const node of this.#nodes) {
        if (node.closed) this.#nodes.delete(node);
        else this.#exchange.heard(node.seat, now);
      }
      this.#exchange.expire(now);
      this.#logs.forgetOld(now);
      this.#stopUpkeep = this.#exchange.seats.size > 0 ? this.#scheduleUpkeep() : undefined;
    });
  }
}
