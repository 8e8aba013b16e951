/** A node's listener for tests: records every call, and lets a test wait for one. */
import {
  type Append,
  type Change,
  connectNode,
  type Engine,
  type EngineError,
  type EngineHealth,
  type EngineListener,
  type EngineNode,
  type Operation,
  type Outcome,
  type RoomSnapshot,
  type StoredMessage,
} from "../../src/engines/engine.ts";

type Waiter = { readonly seen: () => boolean; readonly done: () => void };

/** A call of the listener, or a part of one, in the order in which they came. */
export type ListenerCall =
  | { readonly kind: "opened"; readonly room: string; readonly snapshot: RoomSnapshot }
  | { readonly kind: "refused"; readonly room: string; readonly error: EngineError }
  | { readonly kind: "watching"; readonly pattern: string }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "settled"; readonly submissions: number }
  | { readonly kind: "health"; readonly health: EngineHealth }
  | { readonly kind: "change"; readonly change: Change };

export class RecordingListener implements EngineListener {
  readonly node: EngineNode;
  readonly calls: ListenerCall[] = [];
  readonly outcomes: Outcome[] = [];
  readonly changes: Change[] = [];
  settlements = 0;
  readonly #waiters = new Set<Waiter>();
  #submitted = 0;
  /** True while the node is being called: the engine must not call the listener then. */
  #calling = false;
  /** Calls that came from inside a call to the node. */
  readonly premature: ListenerCall[] = [];

  constructor(engine: Engine) {
    this.node = connectNode(engine, this);
  }

  opened(room: string, snapshot: RoomSnapshot): void {
    this.#record({ kind: "opened", room, snapshot });
    this.#wake();
  }

  refused(room: string, error: EngineError): void {
    this.#record({ kind: "refused", room, error });
    this.#wake();
  }

  watching(pattern: string): void {
    this.#record({ kind: "watching", pattern });
    this.#wake();
  }

  committed(outcomes: readonly Outcome[], changes: readonly Change[]): void {
    for (const change of changes) this.#record({ kind: "change", change });
    for (const outcome of outcomes) this.#record({ kind: "outcome", outcome });
    this.changes.push(...changes);
    this.outcomes.push(...outcomes);
    this.#wake();
  }

  settled(submissions: number): void {
    this.#record({ kind: "settled", submissions });
    this.settlements += submissions;
    this.#wake();
  }

  health(health: EngineHealth): void {
    this.#record({ kind: "health", health });
    this.#wake();
  }

  submit(...operations: Operation[]): void {
    this.#submitted += operations.filter((operation) => operation.kind === "append").length;
    this.#calling = true;
    this.node.submit(operations);
    this.#calling = false;
  }

  /** Submits the appends together and waits for their outcomes. */
  async append(...appends: Append[]): Promise<Outcome[]> {
    const from = this.#submitted;
    this.submit(...appends);
    const to = this.#submitted;
    await this.until(() => this.outcomes.length >= to);
    return this.outcomes.slice(from, to);
  }

  async tail(room: string): Promise<RoomSnapshot> {
    const before = this.openings(room).length;
    this.node.tail(room);
    await this.until(() => this.openings(room).length > before);
    const snapshot = this.openings(room).at(-1);
    if (snapshot === undefined) throw new Error("unreachable");
    return snapshot;
  }

  /** How often `watching` has been called. */
  watches(pattern: string): number {
    return this.calls.filter((call) => call.kind === "watching" && call.pattern === pattern).length;
  }

  async watch(pattern: string): Promise<void> {
    const before = this.watches(pattern);
    this.node.watch(pattern);
    await this.until(() => this.watches(pattern) > before);
  }

  openings(room: string): RoomSnapshot[] {
    return this.calls.flatMap((call) =>
      call.kind === "opened" && call.room === room ? [call.snapshot] : [],
    );
  }

  refusals(room: string): EngineError[] {
    return this.calls.flatMap((call) => (call.kind === "refused" && call.room === room ? [call.error] : []));
  }

  messages(room: string): StoredMessage[] {
    return this.changes.flatMap((change) =>
      change.kind === "message" && change.room === room ? [change.message] : [],
    );
  }

  /** Resolves once `seen` holds; it is asked again after every call. */
  until(seen: () => boolean): Promise<void> {
    if (seen()) return Promise.resolve();
    return new Promise((done) => this.#waiters.add({ seen, done }));
  }

  #record(call: ListenerCall): void {
    this.calls.push(call);
    if (this.#calling) this.premature.push(call);
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.seen()) continue;
      this.#waiters.delete(waiter);
      waiter.done();
    }
  }
}
