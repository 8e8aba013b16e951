/** The engine in the worker: collects the requests of all nodes, and processes them in steps of one commit each. */
import type { Database } from "bun:sqlite";
import { Broker } from "../broker/broker.ts";
import type { RequestBatch } from "../broker/node-request.ts";
import type { NodeSession } from "../broker/node-session.ts";
import type { EngineWarning } from "../engine.ts";
import { openDatabase } from "./database.ts";
import { failureOf } from "./failure.ts";
import type { History } from "./history.ts";
import type { ToNode } from "./notice-frame.ts";
import { encodePage } from "./page-frame.ts";
import { PortChannel } from "./port-channel.ts";
import { decodeRequests, encodeRequests, type FromNode, type ReadRequest } from "./request-frame.ts";
import { SqliteLogs } from "./sqlite-logs.ts";
import type { WorkerOptions } from "./worker-messages.ts";

/** A step takes in frames until it has this many characters or requests. */
const STEP_BYTES = 4 * 1024 * 1024;
const STEP_REQUESTS = 4000;
const PROBE_MS = 1000;
const RETENTION_MS = 250;
const MARK_SYNC_MS = 1000;
const FILE_CHECK_MS = 5000;

interface Waiting {
  readonly session: NodeSession;
  readonly frame: string;
}

interface WaitingRead {
  readonly port: MessagePort;
  readonly request: ReadRequest;
}

export class SqliteService {
  readonly #db: Database;
  readonly #history: History;
  readonly #logs: SqliteLogs;
  readonly #broker: Broker;
  readonly #timers: readonly Timer[];
  #waiting: Waiting[] = [];
  readonly #reads: WaitingRead[] = [];
  #scheduled = false;
  #leasesChecked = Date.now();

  /** @throws {EngineError} if the database cannot be opened. */
  constructor(options: WorkerOptions) {
    const opened = openDatabase(options);
    this.#db = opened.db;
    this.#history = opened.history;
    this.#logs = new SqliteLogs(opened, options);
    this.#broker = new Broker(this.#logs, options);
    this.#probe();
    this.#timers = [
      setInterval(() => this.#checkLeases(options.leaseMs), options.leaseMs / 4),
      setInterval(() => this.#retry(), PROBE_MS),
      setInterval(() => this.#history.sync(), MARK_SYNC_MS),
      setInterval(() => this.#checkFiles(), options.fileCheckMs ?? FILE_CHECK_MS),
      setInterval(() => this.#deleteTrimmed(), RETENTION_MS),
    ];
  }

  /** What the operator should know of how the log was opened. */
  get warnings(): readonly EngineWarning[] {
    const reason = this.#history.brokenBecause;
    return reason === undefined ? [] : [{ kind: "new-epoch", reason }];
  }

  connect(port: MessagePort): void {
    const session = this.#broker.connect(new PortChannel(port), Date.now());
    this.#broker.flush();
    port.onmessage = ({ data }: { readonly data: FromNode }) => this.#receive(session, port, data);
    // The node's thread has ended without disconnecting: this follows what the node had submitted.
    port.addEventListener("close", () => {
      if (this.#broker.sessions.has(session))
        this.#enqueue(session, encodeRequests([{ kind: "disconnect" }]));
    });
  }

  /** Processes what has arrived, and closes the database. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    while (this.#waiting.length > 0) this.#step();
    this.#db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#db.close();
    this.#history.close();
  }

  #receive(session: NodeSession, port: MessagePort, message: FromNode): void {
    switch (message.kind) {
      case "requests":
        this.#enqueue(session, message.frame);
        break;
      case "read":
        this.#reads.push({ port, request: message });
        this.#schedule();
        break;
      case "alive":
        this.#broker.renewLease(session, Date.now());
        this.#broker.flush();
        break;
    }
  }

  #enqueue(session: NodeSession, frame: string): void {
    this.#waiting.push({ session, frame });
    this.#schedule();
  }

  #read({ id, room, range, limit }: ReadRequest): ToNode {
    try {
      return { kind: "page", id, frame: encodePage(this.#logs.page(room, range, limit)) };
    } catch (error) {
      return { kind: "failure", id, failure: failureOf(error) };
    }
  }

  /**
   * Everything that arrives until the event loop turns, from any node, shares a commit. One read follows each
   * commit, so that readers, however many and whatever they ask, never hold up those who publish.
   */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#waiting.length > 0) this.#step();
      const read = this.#reads.shift();
      read?.port.postMessage(this.#read(read.request));
      if (this.#waiting.length > 0 || this.#reads.length > 0) this.#schedule();
    });
  }

  #step(): void {
    const batches: RequestBatch[] = [];
    let bytes = 0;
    let count = 0;
    let taken = 0;
    for (const { session, frame } of this.#waiting) {
      const requests = decodeRequests(frame);
      batches.push({ session, requests });
      taken++;
      bytes += frame.length;
      count += requests.length;
      if (bytes >= STEP_BYTES || count >= STEP_REQUESTS) break;
    }
    this.#waiting = this.#waiting.slice(taken);
    this.#broker.process(batches, Date.now());
  }

  /** Skipped after this thread was held up itself: the nodes' `alive` messages still wait to be read then. */
  #checkLeases(leaseMs: number): void {
    const now = Date.now();
    const heldUp = now - this.#leasesChecked > leaseMs / 2;
    this.#leasesChecked = now;
    if (!heldUp) this.#broker.expire(now);
  }

  /** Retries a failed commit now and then: without a publish, health would stay red. */
  #retry(): void {
    if (!this.#broker.health.ok) this.#probe();
  }

  /** Tries a commit, and reports how it went. */
  #probe(): void {
    try {
      this.#logs.probe();
      this.#broker.report({ ok: true });
      this.#broker.retryTails();
    } catch (error) {
      this.#broker.report({ ok: false, reason: failureOf(error).message });
    }
    this.#broker.flush();
  }

  #checkFiles(): void {
    try {
      this.#logs.checkFiles();
    } catch (error) {
      this.#broker.report({ ok: false, reason: failureOf(error).message });
      this.#broker.flush();
    }
  }

  #deleteTrimmed(): void {
    // Commits come first, and delete trimmed messages as well.
    if (this.#waiting.length > 0 || !this.#broker.health.ok) return;
    try {
      if (this.#logs.deleteTrimmed()) setImmediate(() => this.#deleteTrimmed());
    } catch (error) {
      this.#broker.report({ ok: false, reason: failureOf(error).message });
      this.#broker.flush();
    }
  }
}
