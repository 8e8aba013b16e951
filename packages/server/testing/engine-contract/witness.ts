/** A node's listener for tests: writes down what it hears, and lets a test wait for it. */
import type {
  Append,
  Change,
  Engine,
  EngineHealth,
  EngineListener,
  EngineNode,
  Operation,
  Outcome,
  RoomSnapshot,
  StoredMessage,
} from "../../src/engines/engine.ts";

type Waiter = { readonly seen: () => boolean; readonly done: () => void };

/** Everything in the order in which it was told. */
export type Told =
  | { readonly kind: "opened"; readonly room: string; readonly snapshot: RoomSnapshot }
  | { readonly kind: "watching"; readonly pattern: string }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "settled"; readonly submissions: number }
  | { readonly kind: "health"; readonly health: EngineHealth }
  | { readonly kind: "change"; readonly change: Change };

export class Witness implements EngineListener {
  readonly node: EngineNode;
  readonly told: Told[] = [];
  readonly outcomes: Outcome[] = [];
  readonly changes: Change[] = [];
  settlements = 0;
  readonly #waiters = new Set<Waiter>();
  #submitted = 0;
  /** True while the node is being called: nothing may be told then. */
  #calling = false;
  /** What was told from inside a call to the node. */
  readonly premature: Told[] = [];

  constructor(engine: Engine) {
    this.node = engine.connect(this);
  }

  opened(room: string, snapshot: RoomSnapshot): void {
    this.#write({ kind: "opened", room, snapshot });
    this.#wake();
  }

  watching(pattern: string): void {
    this.#write({ kind: "watching", pattern });
    this.#wake();
  }

  committed(outcomes: readonly Outcome[], changes: readonly Change[]): void {
    for (const change of changes) this.#write({ kind: "change", change });
    for (const outcome of outcomes) this.#write({ kind: "outcome", outcome });
    this.changes.push(...changes);
    this.outcomes.push(...outcomes);
    this.#wake();
  }

  settled(submissions: number): void {
    this.#write({ kind: "settled", submissions });
    this.settlements += submissions;
    this.#wake();
  }

  health(health: EngineHealth): void {
    this.#write({ kind: "health", health });
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

  /** How often `watching` has been told. */
  watches(pattern: string): number {
    return this.told.filter((told) => told.kind === "watching" && told.pattern === pattern).length;
  }

  async watch(pattern: string): Promise<void> {
    const before = this.watches(pattern);
    this.node.watch(pattern);
    await this.until(() => this.watches(pattern) > before);
  }

  openings(room: string): RoomSnapshot[] {
    return this.told.flatMap((told) => (told.kind === "opened" && told.room === room ? [told.snapshot] : []));
  }

  messages(room: string): StoredMessage[] {
    return this.changes.flatMap((change) =>
      change.kind === "message" && change.room === room ? [change.message] : [],
    );
  }

  /** Resolves once `seen` holds; it is asked again whenever something was told. */
  until(seen: () => boolean): Promise<void> {
    if (seen()) return Promise.resolve();
    return new Promise((done) => this.#waiters.add({ seen, done }));
  }

  #write(told: Told): void {
    this.told.push(told);
    if (this.#calling) this.premature.push(told);
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.seen()) continue;
      this.#waiters.delete(waiter);
      waiter.done();
    }
  }
}
