/** Logs that are served from memory and kept in a file, from which memory is filled again: a line is a message. */
import {
  type Append,
  EngineError,
  type EngineOptions,
  type LocalLogs,
  MemoryLogs,
  type Outcome,
  type Page,
  type PageLimit,
  type Range,
} from "@fanfare/server/engine";
import { MessageFile } from "./message-file.ts";

export class FileLogs implements LocalLogs {
  readonly #file: MessageFile;
  readonly #options: EngineOptions;
  /** Undefined after a failed append: memory is ahead of the file then. */
  #memory: MemoryLogs | undefined;

  /** @throws what the file system says. */
  constructor(path: string, options: EngineOptions) {
    this.#file = new MessageFile(path);
    this.#options = options;
    this.#memory = this.#load();
  }

  commit(appends: readonly Append[]): Outcome[] {
    try {
      const outcomes = this.#logs().commit(appends);
      const kept = appends.filter((_, i) => {
        const outcome = outcomes[i];
        return outcome?.kind === "kept" && !outcome.duplicate;
      });
      if (kept.length > 0) this.#file.append(kept.map((append) => JSON.stringify(append)));
      return outcomes;
    } catch (error) {
      this.#memory = undefined;
      throw new EngineError("unavailable", String(error));
    }
  }

  position(room: string): { readonly epoch: string; readonly head: number } {
    return this.#logs().position(room);
  }

  page(room: string, range: Range, limit: PageLimit): Page {
    return this.#logs().page(room, range, limit);
  }

  forgetOld(now: number): void {
    this.#memory?.forgetOld(now);
  }

  close(): void {
    this.#file.close();
  }

  /** @throws {EngineError} `unavailable`. */
  #logs(): MemoryLogs {
    try {
      this.#memory ??= this.#load();
      return this.#memory;
    } catch (error) {
      throw new EngineError("unavailable", String(error));
    }
  }

  /** The first line names the epoch; the others are appends, kept in this order once, so they are again. */
  #load(): MemoryLogs {
    const [first, ...lines] = this.#file.lines();
    const epoch: string = first === undefined ? this.#begin() : JSON.parse(first).epoch;
    let now: number | undefined;
    const memory = new MemoryLogs(epoch, { ...this.#options, now: () => now ?? Date.now() });
    for (const line of lines) {
      const append: Append = JSON.parse(line);
      // Judged at the time at which it was kept: the publisher had not expired then.
      now = append.at;
      memory.commit([append]);
    }
    now = undefined;
    return memory;
  }

  #begin(): string {
    const epoch = crypto.randomUUID();
    this.#file.append([JSON.stringify({ epoch })]);
    return epoch;
  }
}
