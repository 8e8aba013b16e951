import type { Append, EngineNode, Operation, Outcome } from "../engines/engine.ts";
import type { Bounds } from "./bounds.ts";
import type { Connection } from "./connection.ts";
import type { Clock } from "./ports.ts";
import { weight } from "./tail.ts";

/** Batches handed to the engine and not settled: one that commits and one behind it, so that it never waits for us. */
const BATCHES = 2;

export type Settle = (outcome: Outcome) => void;

interface Pending {
  readonly connection: Connection;
  readonly bytes: number;
  readonly settle: Settle;
}

/**
 * The way in: gathers what arrives in a turn into one batch, keeps its order, and holds back the publishers
 * while too much of it is uncommitted (SPEC FLOW-2).
 */
export class Intake {
  #gathered: Operation[] = [];
  #gatheredAppends = 0;
  /** Appends in each batch under way. */
  readonly #underWay: number[] = [];
  readonly #pending: Pending[] = [];
  #settled = 0;
  #uncommitted = 0;
  #scheduled = false;
  #closed = false;
  readonly #held = new Set<Connection>();

  constructor(
    private readonly engine: EngineNode,
    private readonly clock: Clock,
    private readonly bounds: Bounds,
  ) {}

  get uncommitted(): number {
    return this.#uncommitted;
  }

  append(connection: Connection, append: Append, settle: Settle): void {
    const bytes = weight(append);
    this.#pending.push({ connection, bytes, settle });
    this.#gatheredAppends++;
    this.#uncommitted += bytes;
    connection.addUncommitted(bytes);
    if (this.#uncommitted > this.bounds.uncommittedPerNode && !this.#held.has(connection)) {
      this.#held.add(connection);
      connection.holdByNode(true);
    }
    this.put(append);
  }

  /** Anything else that keeps its place behind the appends before it. */
  put(operation: Operation): void {
    if (this.#closed) return;
    this.#gathered.push(operation);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.clock.soon(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#submit();
    });
  }

  /** The outcomes of the oldest appends under way, in their order. */
  settle(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const pending = this.#pending[this.#settled];
      if (pending === undefined) throw new Error("The engine gave more outcomes than it was given appends.");
      this.#settled++;
      this.#uncommitted -= pending.bytes;
      pending.connection.addUncommitted(-pending.bytes);
      pending.settle(outcome);
    }
    this.#forgetSettled();
    this.#finishBatches(outcomes.length);
    this.#submit();
    if (this.#held.size > 0 && this.#uncommitted <= this.bounds.uncommittedPerNode / 2) {
      for (const connection of this.#held) connection.holdByNode(false);
      this.#held.clear();
    }
  }

  /** Hands over all that was gathered, and takes nothing more. */
  close(): void {
    this.#submit(Number.POSITIVE_INFINITY);
    this.#closed = true;
  }

  #submit(batches = BATCHES): void {
    if (this.#gathered.length === 0 || this.#underWay.length >= batches) return;
    const batch = this.#gathered;
    if (this.#gatheredAppends > 0) this.#underWay.push(this.#gatheredAppends);
    this.#gathered = [];
    this.#gatheredAppends = 0;
    this.engine.submit(batch);
  }

  #finishBatches(appends: number): void {
    let left = appends;
    while (left > 0) {
      const first = this.#underWay[0];
      if (first === undefined) throw new Error("The engine settled a batch that it was not given.");
      if (first > left) this.#underWay[0] = first - left;
      else this.#underWay.shift();
      left -= first;
    }
  }

  /** Cuts off what is settled, seldom enough to cost nothing. */
  #forgetSettled(): void {
    if (this.#settled < 1024 || this.#settled * 2 < this.#pending.length) return;
    this.#pending.splice(0, this.#settled);
    this.#settled = 0;
  }
}
