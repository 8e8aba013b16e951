import type { Refusal } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import {
  type Change,
  connectNode,
  type Engine,
  EngineError,
  type EngineHealth,
  type EngineNode,
  type Outcome,
  type Page,
  type PageLimit,
  type Range,
  type RoomSnapshot,
} from "../engines/engine.ts";
import { AppendQueue } from "./append-queue.ts";
import { engineRefusal } from "./engine-refusal.ts";
import type { Clock } from "./ports.ts";
import { ReadLimiter } from "./read-limiter.ts";

/** Damaged rooms that are remembered; of more, the operator knows enough. */
const DAMAGED_ROOMS = 1_000;

/** What a hub does with what the engine sends it. */
export interface EngineClientHandlers {
  opened(room: string, snapshot: RoomSnapshot): void;
  /** The engine cannot open the room. */
  refused(room: string, refusal: Refusal): void;
  watching(pattern: string): void;
  /** One turn's changes in one room, in their order. */
  changed(room: string, changes: readonly Change[]): void;
  health(health: EngineHealth): void;
  /** Called once for each room of whose log some cannot be read. */
  damaged(room: string, reason: string): void;
  /** Sends what was queued. */
  flush(): void;
}

/** The hub's side of the engine: operations wait in the append queue, reads in the read limiter. */
export class EngineClient {
  readonly appendQueue: AppendQueue;
  readonly reads: ReadLimiter;
  readonly #node: EngineNode;
  #health: EngineHealth = { ok: true };
  /** Rooms whose damage was reported. */
  readonly #damaged = new Set<string>();

  constructor(
    engine: Engine,
    clock: Clock,
    limits: Limits,
    private readonly handlers: EngineClientHandlers,
  ) {
    this.#node = connectNode(engine, {
      opened: (room, snapshot) => {
        handlers.opened(room, snapshot);
        handlers.flush();
      },
      refused: (room, error) => {
        this.#reportDamage(room, error);
        handlers.refused(room, engineRefusal(error));
        handlers.flush();
      },
      watching: (pattern) => {
        handlers.watching(pattern);
        handlers.flush();
      },
      committed: (outcomes, changes) => this.#committed(outcomes, changes),
      settled: (submissions) => this.appendQueue.onSettled(submissions),
      health: (health) => {
        this.#health = health;
        handlers.health(health);
      },
    });
    this.appendQueue = new AppendQueue(this.#node, clock, limits);
    this.reads = new ReadLimiter({ read: (...wanted) => this.#read(...wanted) }, limits.reads);
  }

  get health(): EngineHealth {
    return this.#health;
  }

  /** Whether the engine has ended for good: no room opens any more. */
  get lost(): boolean {
    return !this.#health.ok && this.#health.lost === true;
  }

  tail(room: string): void {
    this.#node.tail(room);
  }

  untail(room: string): void {
    this.#node.untail(room);
  }

  watch(pattern: string): void {
    this.#node.watch(pattern);
  }

  unwatch(pattern: string): void {
    this.#node.unwatch(pattern);
  }

  /** @throws {EngineError} as `EngineNode.read` does. */
  read(reader: string, room: string, range: Range, limit: PageLimit): Promise<Page> {
    return this.reads.read(reader, room, range, limit);
  }

  async close(): Promise<void> {
    this.appendQueue.close();
    await this.#node.close();
  }

  async #read(room: string, range: Range, limit: PageLimit): Promise<Page> {
    try {
      return await this.#node.read(room, range, limit);
    } catch (error) {
      this.#reportDamage(room, error);
      throw error;
    }
  }

  #reportDamage(room: string, error: unknown): void {
    if (!(error instanceof EngineError) || error.kind !== "damaged" || this.#damaged.has(room)) return;
    if (this.#damaged.size >= DAMAGED_ROOMS) return;
    this.#damaged.add(room);
    this.handlers.damaged(room, error.message);
  }

  /** A publish comes back once it is committed: its publisher is answered, then `Room.apply` and `Pattern.apply` send it. */
  #committed(outcomes: readonly Outcome[], changes: readonly Change[]): void {
    this.appendQueue.deliverOutcomes(outcomes);
    // Replies leave before the messages they are about, so that a publisher knows its own.
    this.handlers.flush();
    const byRoom = new Map<string, Change[]>();
    for (const change of changes) {
      const known = byRoom.get(change.room);
      if (known === undefined) byRoom.set(change.room, [change]);
      else known.push(change);
    }
    for (const [room, list] of byRoom) this.handlers.changed(room, list);
    this.handlers.flush();
  }
}
