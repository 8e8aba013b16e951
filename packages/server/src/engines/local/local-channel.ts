/** Collects what one step has for a node, and calls its listener. */
import type { NodeChannel } from "../broker/node-channel.ts";
import type {
  Append,
  Change,
  EngineError,
  EngineHealth,
  EngineListener,
  Outcome,
  RoomSnapshot,
  StoredMessage,
} from "../engine.ts";

export class LocalChannel implements NodeChannel {
  readonly #listener: EngineListener;
  #outcomes: Outcome[] = [];
  #changes: Change[] = [];
  #settled = 0;
  #calls: (() => void)[] = [];
  /** Called once the listener will not be called any more. */
  onDisconnected: (() => void) | undefined;
  /** The listener of a crashed node is not called. */
  crashed = false;

  constructor(listener: EngineListener) {
    this.#listener = listener;
  }

  outcome(append: Append, outcome: Outcome, subscribed: boolean): void {
    this.#outcomes.push(outcome);
    if (!subscribed || outcome.kind !== "kept" || outcome.duplicate) return;
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
    this.#addCommitted();
    this.#calls.push(() => this.#listener.opened(room, snapshot));
  }

  refused(room: string, error: EngineError): void {
    this.#addCommitted();
    this.#calls.push(() => this.#listener.refused(room, error));
  }

  watching(pattern: string): void {
    this.#addCommitted();
    this.#calls.push(() => this.#listener.watching(pattern));
  }

  health(health: EngineHealth): void {
    this.#addCommitted();
    this.#calls.push(() => this.#listener.health(health));
  }

  disconnected(): void {
    this.#addCommitted();
    this.#calls.push(() => this.onDisconnected?.());
  }

  flush(): void {
    this.#addCommitted();
    if (this.#calls.length === 0) return;
    const calls = this.#calls;
    this.#calls = [];
    for (const call of calls) if (!this.crashed) call();
  }

  dropped(): void {
    this.crashed = true;
  }

  #addCommitted(): void {
    if (this.#outcomes.length === 0 && this.#changes.length === 0 && this.#settled === 0) return;
    const outcomes = this.#outcomes;
    const changes = this.#changes;
    this.#outcomes = [];
    this.#changes = [];
    const settled = this.#settled;
    this.#settled = 0;
    this.#calls.push(() => {
      if (outcomes.length > 0 || changes.length > 0) this.#listener.committed(outcomes, changes);
      if (settled > 0) this.#listener.settled(settled);
    });
  }
}
