import { type Refusal, refuse } from "@fanfare/protocol";
import type { Change, EngineNode } from "../engines/engine.ts";
import { PatternIndex } from "../engines/pattern-index.ts";
import type { Connection } from "./connection.ts";
import { type Listener, Pattern } from "./pattern.ts";
import type { Broadcast } from "./ports.ts";

export interface Listening extends Omit<Listener, "connection"> {
  /** The beginning of room names, and `*`. */
  readonly pattern: string;
  /** Called before `live`, once nothing refuses it. */
  readonly joined: () => void;
}

/** The patterns that connections of this node listen to. Each is watched once, while it has a listener. */
export class Patterns {
  readonly #patterns = new PatternIndex<Pattern>();

  constructor(
    private readonly engine: Pick<EngineNode, "watch" | "unwatch">,
    private readonly broadcast: Broadcast,
  ) {}

  get size(): number {
    return this.#patterns.size;
  }

  listen(connection: Connection, { pattern: name, encoder, joined, live }: Listening): Refusal | undefined {
    if (connection.patterns.has(name)) return refuse("already_joined");
    const limit = connection.roomLimit() ?? connection.patternLimit();
    if (limit !== undefined) return limit;
    joined();
    const listener = { connection, encoder, live };
    (this.#patterns.get(name) ?? this.#open(name)).add(listener);
    return undefined;
  }

  unlisten(connection: Connection, name: string): Refusal | undefined {
    const pattern = this.#patterns.get(name);
    if (!connection.patterns.has(name) || pattern === undefined) return refuse("not_joined");
    pattern.remove(connection);
    this.#closeIfEmpty(pattern);
    return undefined;
  }

  /** The engine watches it from now on. */
  opened(name: string): void {
    const pattern = this.#patterns.get(name);
    if (pattern === undefined) return;
    pattern.opened();
    this.#closeIfEmpty(pattern);
  }

  /** One turn's changes in one room. */
  apply(room: string, changes: readonly Change[]): void {
    for (const pattern of this.#patterns.matching(room)) pattern.apply(room, changes);
  }

  #open(name: string): Pattern {
    const pattern = new Pattern(name, this.broadcast);
    this.#patterns.set(name, pattern);
    this.engine.watch(name);
    return pattern;
  }

  #closeIfEmpty(pattern: Pattern): void {
    // One that is still opening is closed once it has opened: otherwise the engine's answer would open a later pattern of the same name.
    if (!pattern.open || pattern.size > 0) return;
    this.#patterns.delete(pattern.name);
    this.engine.unwatch(pattern.name);
  }
}
