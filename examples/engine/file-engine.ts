/**
 * An engine that keeps all rooms in one file of JSON lines, made of nothing but what `@fanfare/server/engine` exports.
 *
 * It keeps every promise of the contract, and is meant to be read, not to be run: the file is never made shorter, all of
 * it is read at the start and held in memory, each fsync holds up the thread that serves the sockets, nothing keeps a
 * second server out of the file, and a file that was damaged or put back is not noticed.
 */
import {
  DEFAULT_ENGINE_OPTIONS,
  type EngineOptions,
  LocalEngine,
  SYSTEM_SCHEDULING,
} from "@fanfare/server/engine";
import { FileLogs } from "./file-logs.ts";

export class FileEngine extends LocalEngine {
  readonly #logs: FileLogs;

  /** @throws what the file system says. */
  constructor(path: string, options: Partial<EngineOptions> = {}) {
    const complete = { ...DEFAULT_ENGINE_OPTIONS, policies: [], ...options };
    const logs = new FileLogs(path, complete);
    super(logs, { ...complete, ...SYSTEM_SCHEDULING });
    this.#logs = logs;
  }

  override async close(): Promise<void> {
    await super.close();
    this.#logs.close();
  }
}
