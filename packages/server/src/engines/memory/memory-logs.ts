/** The logs of all rooms that have messages. */
import { type Policy, policyFor } from "../../config/policy.ts";
import type { Append, EngineOptions, Outcome, Page, PageLimit, Range } from "../engine.ts";
import type { LocalLogs } from "../local/local-logs.ts";
import { judge } from "../sequencer/sequencer.ts";
import { MemoryRoom } from "./memory-room.ts";

interface Options extends Pick<EngineOptions, "policies" | "publisherTtlMs"> {
  readonly now: () => number;
}

export class MemoryLogs implements LocalLogs {
  readonly #epoch: string;
  readonly #options: Options;
  readonly #rooms = new Map<string, MemoryRoom>();

  constructor(epoch: string, options: Options) {
    this.#epoch = epoch;
    this.#options = options;
  }

  commit(appends: readonly Append[]): Outcome[] {
    const now = this.#options.now();
    return appends.map((append) => this.#keep(append, now));
  }

  position(room: string): { epoch: string; head: number } {
    return { epoch: this.#epoch, head: this.#rooms.get(room)?.head ?? 0 };
  }

  page(room: string, range: Range, limit: PageLimit): Page {
    const log = this.#rooms.get(room);
    if (log === undefined) return { epoch: this.#epoch, oldest: 1, head: 0, messages: [] };
    log.trim(this.#options.now());
    return { epoch: this.#epoch, oldest: log.oldest, head: log.head, messages: log.read(range, limit) };
  }

  forgetOld(now: number): void {
    for (const log of this.#rooms.values()) {
      log.trim(now);
      log.forgetPublishers(now);
    }
  }

  #keep(append: Append, now: number): Outcome {
    const log = this.#rooms.get(append.room) ?? this.#room(append.room);
    log.now = now;
    const verdict = judge(append, log);
    switch (verdict.kind) {
      case "new":
        this.#rooms.set(append.room, log);
        return { kind: "kept", epoch: this.#epoch, offset: log.keep(append, now), duplicate: false };
      case "duplicate":
        return { kind: "kept", epoch: this.#epoch, offset: verdict.offset, duplicate: true };
      default:
        return verdict;
    }
  }

  #room(name: string): MemoryRoom {
    const policy: Policy = policyFor(this.#options.policies, name);
    return new MemoryRoom(policy.history, this.#options.publisherTtlMs);
  }
}
