/** The worker's side: gathers what all nodes ask for, and carries it out in steps of one commit each. */
import type { Database } from "bun:sqlite";
import { Exchange } from "../exchange/exchange.ts";
import type { Delivery } from "../exchange/request.ts";
import type { Seat } from "../exchange/seat.ts";
import { openDatabase } from "./database.ts";
import { failureOf } from "./failure.ts";
import type { ToNode } from "./notice-frame.ts";
import { encodePage } from "./page-frame.ts";
import { PortLink } from "./port-link.ts";
import { decodeRequests, encodeRequests, type FromNode, type ReadRequest } from "./request-frame.ts";
import { SqliteLogs } from "./sqlite-logs.ts";
import type { WorkerOptions } from "./worker-messages.ts";

/** A step takes in frames until it has this many characters or requests. */
const STEP_BYTES = 4 * 1024 * 1024;
const STEP_REQUESTS = 4000;
const PROBE_MS = 1000;
const TIDY_MS = 250;

interface Waiting {
  readonly seat: Seat;
  readonly frame: string;
}

interface WaitingRead {
  readonly port: MessagePort;
  readonly request: ReadRequest;
}

export class SqliteService {
  readonly #db: Database;
  readonly #logs: SqliteLogs;
  readonly #exchange: Exchange;
  readonly #timers: readonly Timer[];
  #waiting: Waiting[] = [];
  readonly #reads: WaitingRead[] = [];
  #scheduled = false;
  #leasesChecked = Date.now();

  /** @throws {EngineError} if the database cannot be opened. */
  constructor(options: WorkerOptions) {
    this.#db = openDatabase(options);
    this.#logs = new SqliteLogs(this.#db, options);
    this.#exchange = new Exchange(this.#logs, options);
    this.#timers = [
      setInterval(() => this.#checkLeases(options.leaseMs), options.leaseMs / 4),
      setInterval(() => this.#probe(), PROBE_MS),
      setInterval(() => this.#tidy(), TIDY_MS),
    ];
  }

  connect(port: MessagePort): void {
    const seat = this.#exchange.join(new PortLink(port), Date.now());
    this.#exchange.flush();
    port.onmessage = ({ data }: { readonly data: FromNode }) => this.#hear(seat, port, data);
    // Its thread has ended without a goodbye: this one follows what the node had submitted.
    port.addEventListener("close", () => {
      if (this.#exchange.seats.has(seat)) this.#take(seat, encodeRequests([{ kind: "goodbye" }]));
    });
  }

  /** Carries out what has arrived, and lets go of the database. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    while (this.#waiting.length > 0) this.#step();
    this.#db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#db.close();
  }

  #hear(seat: Seat, port: MessagePort, message: FromNode): void {
    switch (message.kind) {
      case "requests":
        this.#take(seat, message.frame);
        break;
      case "read":
        this.#reads.push({ port, request: message });
        this.#schedule();
        break;
      case "alive":
        this.#exchange.heard(seat, Date.now());
        this.#exchange.flush();
        break;
    }
  }

  #take(seat: Seat, frame: string): void {
    this.#waiting.push({ seat, frame });
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
    const deliveries: Delivery[] = [];
    let bytes = 0;
    let count = 0;
    let taken = 0;
    for (const { seat, frame } of this.#waiting) {
      const requests = decodeRequests(frame);
      deliveries.push({ seat, requests });
      taken++;
      bytes += frame.length;
      count += requests.length;
      if (bytes >= STEP_BYTES || count >= STEP_REQUESTS) break;
    }
    this.#waiting = this.#waiting.slice(taken);
    this.#exchange.carryOut(deliveries, Date.now());
  }

  /** A thread that was held up itself cannot say that others were silent: their signs of life still wait. */
  #checkLeases(leaseMs: number): void {
    const now = Date.now();
    const heldUp = now - this.#leasesChecked > leaseMs / 2;
    this.#leasesChecked = now;
    if (!heldUp) this.#exchange.expire(now);
  }

  /** While commits fail, tries one now and then; nobody might publish otherwise. */
  #probe(): void {
    if (this.#exchange.health.ok) return;
    try {
      this.#logs.probe();
      this.#exchange.report({ ok: true });
      this.#exchange.retryTails();
    } catch (error) {
      this.#exchange.report({ ok: false, reason: failureOf(error).message });
    }
    this.#exchange.flush();
  }

  #tidy(): void {
    // Commits come first, and do their share of it.
    if (this.#waiting.length > 0 || !this.#exchange.health.ok) return;
    try {
      if (this.#logs.tidy()) setImmediate(() => this.#tidy());
    } catch (error) {
      this.#exchange.report({ ok: false, reason: failureOf(error).message });
      this.#exchange.flush();
    }
  }
}
