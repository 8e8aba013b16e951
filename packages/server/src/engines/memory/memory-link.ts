/** Gathers what one step has for a node, and tells its listener. */
import type {
  Append,
  Change,
  EngineHealth,
  EngineListener,
  Outcome,
  RoomSnapshot,
  StoredMessage,
} from "../engine.ts";
import type { Link } from "../exchange/link.ts";

export class MemoryLink implements Link {
  readonly #listener: EngineListener;
  #outcomes: Outcome[] = [];
  #changes: Change[] = [];
  #settled = 0;
  #tellings: (() => void)[] = [];
  /** Called once nothing will be told any more. */
  onFarewell: (() => void) | undefined;
  /** A crashed node hears nothing. */
  deaf = false;

  constructor(listener: EngineListener) {
    this.#listener = listener;
  }

  answer(append: Append, outcome: Outcome, hears: boolean): void {
    this.#outcomes.push(outcome);
    if (!hears || outcome.kind !== "kept" || outcome.duplicate) return;
    const { room, id, type, from, at, data } = append;
    this.message(room, { offset: outcome.offset, id, type, from, at, data });
  }

  message(room: string, message: StoredMessage): void {
    this.#changes.push({ kind: "message", room, message });
  }

  change(change: Exclude<Change, { kind: "message" }>): void {
    this.#changes.push(change);
  }

  settled(): void {
    this.#settled++;
  }

  opened(room: string, snapshot: RoomSnapshot): void {
    this.#gather();
    this.#tellings.push(() => this.#listener.opened(room, snapshot));
  }

  watching(pattern: string): void {
    this.#gather();
    this.#tellings.push(() => this.#listener.watching(pattern));
  }

  health(health: EngineHealth): void {
    this.#gather();
    this.#tellings.push(() => this.#listener.health(health));
  }

  farewell(): void {
    this.#gather();
    this.#tellings.push(() => this.onFarewell?.());
  }

  flush(): void {
    this.#gather();
    if (this.#tellings.length === 0) return;
    const tellings = this.#tellings;
    this.#tellings = [];
    for (const tell of tellings) if (!this.deaf) tell();
  }

  dropped(): void {
    this.deaf = true;
  }

  #gather(): void {
    if (this.#outcomes.length === 0 && this.#changes.length === 0 && this.#settled === 0) return;
    const outcomes = this.#outcomes;
    const changes = this.#changes;
    this.#outcomes = [];
    this.#changes = [];
    const settled = this.#settled;
    this.#settled = 0;
    this.#tellings.push(() => {
      if (outcomes.length > 0 || changes.length > 0) this.#listener.committed(outcomes, changes);
      if (settled > 0) this.#listener.settled(settled);
    });
  }
}
