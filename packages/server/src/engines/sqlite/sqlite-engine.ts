/**
 * The embedded engine: room logs in a SQLite database, in a worker of its own. What it calls committed
 * survives `kill -9`, and power loss as far as the disk honours fsync (WAL, `synchronous = FULL`).
 */

import { createDirectory } from "../../files/durable-file.ts";
import {
  DEFAULT_ENGINE_OPTIONS,
  type Engine,
  EngineError,
  type EngineListener,
  type EngineNode,
  type EngineOptions,
  type EngineWarning,
} from "../engine.ts";
import type { DatabaseOptions } from "./database.ts";
import { errorOf } from "./failure.ts";
import { SqliteNode } from "./sqlite-node.ts";
import type { FromEngine, ToEngine, WorkerOptions } from "./worker-messages.ts";

export type SqliteEngineOptions = DatabaseOptions & Partial<EngineOptions>;

export class SqliteEngine implements Engine {
  readonly contract = 1;
  warnings: readonly EngineWarning[] = [];
  readonly #worker: Worker;
  readonly #leaseMs: number;
  readonly #nodes = new Set<SqliteNode>();
  /** Why the worker ended, once it has. */
  #ended: string | undefined;
  #closed: Promise<void> | undefined;
  readonly #end = Promise.withResolvers<void>();
  #onAnswer: ((message: ToEngine) => void) | undefined;

  /**
   * Opens the database in `directory`, and creates both if need be.
   * @throws {EngineError} `in-use` if another server has it open; `newer-version`, `not-a-database`, `damaged`,
   *   and the file is left as it was; `unavailable` if it cannot be opened for another reason.
   */
  static async open(options: SqliteEngineOptions): Promise<SqliteEngine> {
    const complete: WorkerOptions = { ...DEFAULT_ENGINE_OPTIONS, policies: [], ...options };
    createDataDirectory(complete.directory);
    const engine = new SqliteEngine(complete.leaseMs);
    const answer = await engine.#ask({ kind: "open", options: complete });
    if (answer.kind === "opened") {
      engine.warnings = answer.warnings;
      return engine;
    }
    await engine.terminate();
    throw answer.kind === "refused"
      ? errorOf(answer.failure)
      : new EngineError("unavailable", "the worker has ended");
  }

  private constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url));
    this.#worker.onmessage = ({ data }: MessageEvent<ToEngine>) => this.#onAnswer?.(data);
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#ended ??= `the engine's thread has failed: ${event.message}`;
    });
    this.#worker.addEventListener("close", () => this.#onWorkerExit());
  }

  connect(listener: EngineListener): EngineNode {
    const { port1, port2 } = new MessageChannel();
    const node = new SqliteNode(port1, listener, this.#leaseMs);
    // Not at once: no listener is called before the caller has its node.
    if (this.#ended !== undefined) setImmediate((reason: string) => node.engineLost(reason), this.#ended);
    else this.#send({ kind: "connect", port: port2 }, [port2]);
    for (const other of this.#nodes) if (other.closed) this.#nodes.delete(other);
    this.#nodes.add(node);
    return node;
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeNodesThenWorker();
    return this.#closed;
  }

  /** Ends the worker at once, as a crash would: nothing is settled, and what waits is `unavailable`. */
  terminate(): Promise<void> {
    this.#ended ??= "the engine was terminated";
    this.#worker.terminate();
    return this.#end.promise;
  }

  async #closeNodesThenWorker(): Promise<void> {
    await Promise.all([...this.#nodes].map((node) => node.close()));
    if (this.#ended === undefined) await this.#ask({ kind: "close" });
    await this.terminate();
  }

  #send(message: FromEngine, transfer: MessagePort[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  async #ask(message: FromEngine): Promise<ToEngine | { readonly kind: "ended" }> {
    const answer = Promise.withResolvers<ToEngine>();
    this.#onAnswer = answer.resolve;
    this.#send(message);
    return Promise.race([answer.promise, this.#end.promise.then(() => ({ kind: "ended" }) as const)]);
  }

  #onWorkerExit(): void {
    this.#ended ??= "the engine's thread has ended";
    for (const node of this.#nodes) node.engineLost(this.#ended);
    this.#end.resolve();
  }
}

/** @throws {EngineError} `unavailable`. */
function createDataDirectory(directory: string): void {
  try {
    createDirectory(directory);
  } catch (error) {
    throw new EngineError("unavailable", `the data directory cannot be created: ${String(error)}`);
  }
}
