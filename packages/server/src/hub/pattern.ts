import type { Change } from "../engines/engine.ts";
import type { Connection } from "./connection.ts";
import { FanOut } from "./fan-out.ts";
import type { Broadcast } from "./ports.ts";
import type { Encoder, Update } from "./update.ts";

/** One connection that listens to a pattern. */
export interface Listener {
  readonly connection: Connection;
  readonly encoder: Encoder;
  /** Called once, in the step in which its live messages begin; not if it left before. */
  readonly live: () => void;
}

/**
 * A pattern that connections of this node listen to: messages and events of every room that matches, from the moment
 * the engine watches it. It has no history, no members and no presence (SPEC JOIN-7).
 */
export class Pattern {
  readonly #listeners = new Map<Connection, Listener>();
  readonly #fanOut: FanOut;
  #open = false;

  constructor(
    readonly name: string,
    broadcast: Broadcast,
  ) {
    this.#fanOut = new FanOut(name, broadcast);
  }

  get open(): boolean {
    return this.#open;
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(listener: Listener): void {
    const { connection } = listener;
    this.#listeners.set(connection, listener);
    connection.joinedPattern(this.name);
    connection.flow.addRequests(1);
    if (this.#open) this.#goLive(listener);
  }

  remove(connection: Connection): void {
    const listener = this.#listeners.get(connection);
    if (listener === undefined) return;
    this.#listeners.delete(connection);
    connection.leftPattern(this.name);
    if (this.#open) this.#fanOut.remove(connection.socket, listener.encoder);
    else connection.flow.addRequests(-1);
  }

  /** The engine watches. */
  opened(): void {
    this.#open = true;
    for (const listener of this.#listeners.values()) this.#goLive(listener);
  }

  /** One turn's changes in one room. */
  apply(room: string, changes: readonly Change[]): void {
    const updates = changes.filter(
      (change): change is Change & Update => change.kind === "message" || change.kind === "event",
    );
    this.#fanOut.send(room, updates);
  }

  #goLive({ connection, encoder, live }: Listener): void {
    connection.flow.addRequests(-1);
    this.#fanOut.add(connection.socket, encoder);
    live();
  }
}
