import type { Limits } from "../config/limits.ts";
import type { Append, EngineNode, Operation, Outcome, RoomEvent } from "../engines/engine.ts";
import type { FlowControl } from "./flow-control.ts";
import type { Clock } from "./ports.ts";
import { weight } from "./tail.ts";

/** Batches that the engine has and has not settled: one that commits, and one behind it, so that the engine never idles. */
const BATCHES = 2;

/**
 * Bytes at which a batch is full. A whole batch is fanned out in one turn, and no client may be cut for what one turn
 * sends it: several batches stay below what may wait for a client.
 */
const FULL = 256 * 1024;

/** About the bytes of an `enter` or a `leave` on the wire. */
const ATTENDANCE = 200;

/**
 * Bytes that each operation counts for beside its bytes on the wire: about what it takes in the memory of two threads.
 * So a flood of small messages meets the bound as well.
 */
export const OVERHEAD = 500;

/** A connection that enters a room or leaves it. */
export type Attend = Extract<Operation, { kind: "enter" | "leave" }>;

/** Receives the outcome of one append; `PublishHandler.publish` makes it. */
export type OnOutcome = (outcome: Outcome) => void;

/** The share of a batch that counts for one connection. */
interface Hold {
  readonly flow: FlowControl;
  readonly weight: number;
}

interface Batch {
  readonly operations: Operation[];
  readonly holds: Hold[];
  /** On the wire. */
  bytes: number;
  /** What it holds of the limits. */
  weight: number;
  /** Called once the engine has settled the batch. */
  readonly onSettled: (() => void)[];
}

/**
 * Group commit: gathers the operations of a turn into one batch, in their order, and hands it to the engine. Clients
 * that send while too much waits for the engine are not read (SPEC FLOW-2).
 *
 * A publish goes on in the engine: `SqliteNode.submit` (then `Broker.process` in the worker) or `LocalNode.submit`.
 * Its outcome comes back through `EngineClient.#committed` to `deliverOutcomes`.
 */
export class AppendQueue {
  /** Batches that wait here. */
  #gathered: Batch[] = [];
  /** Batches that the engine has not settled. */
  #underWay: Batch[] = [];
  /** Callbacks of the appends, in their order. */
  readonly #callbacks: OnOutcome[] = [];
  /** How many of `#callbacks` were called; they are removed from time to time. */
  #called = 0;
  #waiting = 0;
  #scheduled = false;
  #closed = false;
  readonly #held = new Set<FlowControl>();

  constructor(
    private readonly engine: EngineNode,
    private readonly clock: Clock,
    private readonly limits: Limits,
  ) {}

  /** Bytes that wait for the engine, `OVERHEAD` for each operation included. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether it takes no more operations. */
  get closed(): boolean {
    return this.#closed;
  }

  append(flow: FlowControl, append: Append, onOutcome: OnOutcome): void {
    this.#callbacks.push(onOutcome);
    this.#gather(append, append.room.length + weight(append), flow);
  }

  event(flow: FlowControl, room: string, event: RoomEvent): void {
    this.#gather({ kind: "relay", room, event }, room.length + weight(event), flow);
  }

  /** A connection enters a room or leaves it, behind everything that it published before (SPEC PRES-5). */
  attend(flow: FlowControl, operation: Attend): void {
    this.#gather(operation, operation.room.length + ATTENDANCE, flow);
  }

  /** An operation of the hub itself. */
  put(operation: Operation): void {
    this.#gather(operation);
  }

  /** @param outcomes of the oldest appends under way, in their order */
  deliverOutcomes(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const onOutcome = this.#callbacks[this.#called];
      if (onOutcome === undefined)
        throw new Error("The engine gave more outcomes than it was given appends.");
      this.#called++;
      // Goes on in `PublishHandler.publish`.
      onOutcome(outcome);
    }
    if (this.#called < 1024 || this.#called * 2 < this.#callbacks.length) return;
    this.#callbacks.splice(0, this.#called);
    this.#called = 0;
  }

  /** The engine has settled `batches` more of the batches. */
  onSettled(batches: number): void {
    for (const batch of this.#underWay.slice(0, batches)) this.#release(batch);
    this.#underWay = this.#underWay.slice(batches);
    this.#submit();
    if (this.#waiting > this.limits.uncommittedPerNode / 2) return;
    for (const flow of this.#held) flow.holdByNode(false);
    this.#held.clear();
  }

  /** Calls `run` once the engine has settled every operation queued so far. */
  whenSettled(run: () => void): void {
    const last = this.#gathered.at(-1) ?? this.#underWay.at(-1);
    if (last === undefined) run();
    else last.onSettled.push(run);
  }

  /** Submits all batches, and drops operations from now on. */
  close(): void {
    this.#submit(Number.POSITIVE_INFINITY);
    this.#closed = true;
  }

  #gather(operation: Operation, bytes = 0, flow?: FlowControl): void {
    if (this.#closed) return;
    let batch = this.#gathered.at(-1);
    if (batch === undefined || batch.bytes >= FULL) {
      batch = { operations: [], holds: [], bytes: 0, weight: 0, onSettled: [] };
      this.#gathered.push(batch);
    }
    batch.operations.push(operation);
    batch.bytes += bytes;
    if (flow !== undefined) this.#hold(batch, { flow, weight: OVERHEAD + bytes });
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.clock.soon(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#submit();
    });
  }

  #hold(batch: Batch, hold: Hold): void {
    const { flow, weight } = hold;
    batch.holds.push(hold);
    batch.weight += weight;
    this.#waiting += weight;
    flow.addUncommitted(weight);
    if (this.#waiting <= this.limits.uncommittedPerNode || this.#held.has(flow)) return;
    this.#held.add(flow);
    flow.holdByNode(true);
  }

  #release({ holds, weight, onSettled }: Batch): void {
    this.#waiting -= weight;
    for (const hold of holds) hold.flow.addUncommitted(-hold.weight);
    for (const run of onSettled) run();
  }

  #submit(batches = BATCHES): void {
    while (this.#underWay.length < batches) {
      const batch = this.#gathered.shift();
      if (batch === undefined) return;
      this.#underWay.push(batch);
      // Goes on in `SqliteNode.submit` or `LocalNode.submit`.
      this.engine.submit(batch.operations);
    }
  }
}
