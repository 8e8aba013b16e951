import {
  EngineError,
  type EngineNode,
  type Operation,
  type Page,
  type PageLimit,
  type Range,
} from "../engine.ts";
import { checkFields, checkPattern, checkRoom } from "../exchange/fields.ts";
import type { Delivery } from "../exchange/request.ts";
import type { Seat } from "../exchange/seat.ts";
import type { MemoryLink } from "./memory-link.ts";
import type { MemoryLogs } from "./memory-logs.ts";

/** What a node needs of its engine. */
interface Desk {
  deliver(delivery: Delivery): void;
  defer(step: () => void): void;
}

export class MemoryNode implements EngineNode {
  readonly #link: MemoryLink;
  readonly #logs: MemoryLogs;
  readonly #desk: Desk;
  #farewell: Promise<void> | undefined;
  #crashed = false;

  constructor(
    readonly seat: Seat,
    link: MemoryLink,
    logs: MemoryLogs,
    desk: Desk,
  ) {
    this.#link = link;
    this.#logs = logs;
    this.#desk = desk;
  }

  get closed(): boolean {
    return this.#farewell !== undefined;
  }

  submit(operations: readonly Operation[]): void {
    checkFields(operations);
    if (this.#crashed) return;
    if (this.closed) throw new Error("the node is closed");
    this.#desk.deliver({ seat: this.seat, requests: [...operations, { kind: "settle" }] });
  }

  tail(room: string): void {
    checkRoom(room);
    if (!this.closed) this.#desk.deliver({ seat: this.seat, requests: [{ kind: "tail", room }] });
  }

  untail(room: string): void {
    checkRoom(room);
    if (!this.closed) this.#desk.deliver({ seat: this.seat, requests: [{ kind: "untail", room }] });
  }

  watch(pattern: string): void {
    checkPattern(pattern);
    if (!this.closed) this.#desk.deliver({ seat: this.seat, requests: [{ kind: "watch", pattern }] });
  }

  unwatch(pattern: string): void {
    checkPattern(pattern);
    if (!this.closed) this.#desk.deliver({ seat: this.seat, requests: [{ kind: "unwatch", pattern }] });
  }

  read(room: string, range: Range, limit: PageLimit): Promise<Page> {
    return new Promise((resolve, reject) => {
      this.#desk.defer(() => {
        if (this.closed) reject(new EngineError("unavailable", "the node is closed"));
        else resolve(this.#logs.page(room, range, limit));
      });
    });
  }

  close(): Promise<void> {
    this.#farewell ??= new Promise((resolve) => {
      this.#link.onFarewell = resolve;
      this.#desk.deliver({ seat: this.seat, requests: [{ kind: "goodbye" }] });
    });
    return this.#farewell;
  }

  /** Stops without a word. */
  crash(): void {
    this.#crashed = true;
    this.#farewell = Promise.resolve();
    this.#link.deaf = true;
  }
}
