import type { Change, EngineNode } from "../engines/engine.ts";
import { PatternIndex } from "../engines/pattern-index.ts";
import type { Connection } from "./connection.ts";
import { type Listener, Pattern } from "./pattern.ts";
import type { Broadcast } from "./ports.ts";

/** The patterns that connections of this node listen to. Each is watched once, for as long as somebody listens. */
export class Patterns {
  readonly #patterns = new PatternIndex<Pattern>();

  constructor(
    private readonly engine: Pick<EngineNode, "watch" | "unwatch">,
    private readonly broadcast: Broadcast,
  ) {}

  get size(): number {
    return this.#patterns.size;
  }

  add(name: string, listener: Listener): void {
    let pattern = this.#patterns.get(name);
    if (pattern === undefined) {
      pattern = new Pattern(name, this.broadcast);
      this.#patterns.set(name, pattern);
      this.engine.watch(name);
    }
    listener.connection.listen(name, listener);
    pattern.add(listener);
  }

  /** @returns whether the connection listened to it. */
  remove(connection: Connection, name: string): boolean {
    const listener = connection.listening.get(name);
    const pattern = this.#patterns.get(name);
    if (listener === undefined || pattern === undefined) return false;
    connection.unlisten(name);
    pattern.remove(listener);
    this.#closeIfUnheard(pattern);
    return true;
  }

  /** The engine watches it from now on. */
  opened(name: string): void {
    const pattern = this.#patterns.get(name);
    if (pattern === undefined) return;
    pattern.opened();
    this.#closeIfUnheard(pattern);
  }

  /** One turn's changes in one room. */
  apply(room: string, changes: readonly Change[]): void {
    for (const pattern of this.#patterns.matching(room)) pattern.apply(room, changes);
  }

  #closeIfUnheard(pattern: Pattern): void {
    // One that is still opening is closed once it has opened: its one answer then finds nobody else's pattern.
    if (!pattern.open || pattern.size > 0) return;
    this.#patterns.delete(pattern.name);
    this.engine.unwatch(pattern.name);
  }
}
