import type { Engine, EngineError, EngineOptions } from "./engine.ts";

/** What the server and the command know of one kind of engine; `engines.ts` lists them all. */
export interface EngineDriver {
  /** Where messages are kept, in a word or two for `--help`. */
  readonly summary: string;
  /** Whether it keeps files in the data directory; what else is kept over a restart is then kept there, too. */
  readonly hasFiles: boolean;
  /** @param directory the data directory @throws {EngineError} */
  open(options: EngineOptions, directory: string): Promise<Engine> | Engine;
  /** Where messages are kept, for a person who has just started the server. */
  describe(directory: string): string;
  /** What went wrong at the start and what to do about it, in one sentence. */
  explain(error: EngineError, directory: string): string;
}
