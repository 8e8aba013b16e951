/** A node's end of its pipe to the worker. */

import { checkFields, checkPattern, checkRoom } from "../broker/field-checks.ts";
import type { NodeRequest } from "../broker/node-request.ts";
import {
  type Append,
  type Change,
  EngineError,
  type EngineListener,
  type EngineNode,
  type Operation,
  type Outcome,
  type Page,
  type PageLimit,
  type Range,
} from "../engine.ts";
import { errorOf } from "./failure.ts";
import { InFlight } from "./in-flight.ts";
import { decodeNotices, type ToNode } from "./notice-frame.ts";
import { decodePage } from "./page-frame.ts";
import { encodeRequests, type FromNode } from "./request-frame.ts";

/** Requests, and characters of data, of one frame: larger submissions are split, so that the worker can bound its commits. */
const FRAME_REQUESTS = 1000;
const FRAME_DATA = 1024 * 1024;

export class SqliteNode implements EngineNode {
  readonly #port: MessagePort;
  readonly #listener: EngineListener;
  readonly #heartbeat: Timer;
  /** Appends without an outcome yet; the worker's notices do not repeat their data. */
  readonly #inFlight = new InFlight();
  readonly #reads = new Map<number, PromiseWithResolvers<Page>>();
  #lastRead = 0;
  #unsettled = 0;
  #closing: PromiseWithResolvers<void> | undefined;
  #hung = false;
  /** Why the engine is gone. */
  #lost: string | undefined;

  constructor(port: MessagePort, listener: EngineListener, leaseMs: number) {
    this.#port = port;
    this.#listener = listener;
    port.onmessage = ({ data }: { readonly data: ToNode }) => this.#receive(data);
    port.addEventListener("close", () => {
      if (this.#closing === undefined) this.engineLost("the engine has dropped this node");
    });
    this.#heartbeat = setInterval(() => this.#send({ kind: "alive" }), leaseMs / 4);
    this.#heartbeat.unref();
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  submit(operations: readonly Operation[]): void {
    checkFields(operations);
    if (this.#hung) return;
    if (this.#closing !== undefined) throw new Error("the node is closed");
    for (const operation of operations) if (operation.kind === "append") this.#inFlight.add(operation);
    this.#unsettled++;
    if (this.#lost !== undefined) {
      this.#failSoon(this.#lost);
      return;
    }
    for (const part of partsOf([...operations, { kind: "settle" }])) this.#request(part);
  }

  tail(room: string): void {
    checkRoom(room);
    this.#request([{ kind: "tail", room }]);
  }

  untail(room: string): void {
    checkRoom(room);
    this.#request([{ kind: "untail", room }]);
  }

  watch(pattern: string): void {
    checkPattern(pattern);
    this.#request([{ kind: "watch", pattern }]);
  }

  unwatch(pattern: string): void {
    checkPattern(pattern);
    this.#request([{ kind: "unwatch", pattern }]);
  }

  read(room: string, range: Range, limit: PageLimit): Promise<Page> {
    if (this.#lost !== undefined) return Promise.reject(new EngineError("unavailable", this.#lost));
    if (this.#closing !== undefined)
      return Promise.reject(new EngineError("unavailable", "the node is closed"));
    const answer = Promise.withResolvers<Page>();
    const id = ++this.#lastRead;
    this.#reads.set(id, answer);
    this.#send({ kind: "read", id, room, range, limit });
    return answer.promise;
  }

  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing.promise;
    this.#request([{ kind: "disconnect" }]);
    this.#closing = Promise.withResolvers();
    if (this.#lost !== undefined) this.#closing.resolve();
    return this.#closing.promise;
  }

  /** Stops sending and receiving, as if its thread hung. For tests. */
  simulateHang(): void {
    this.#hung = true;
    clearInterval(this.#heartbeat);
    this.#port.onmessage = null;
    this.#closing = Promise.withResolvers();
    this.#closing.resolve();
  }

  /** The worker has ended: everything that waits for it fails. */
  engineLost(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    clearInterval(this.#heartbeat);
    for (const read of this.#reads.values()) read.reject(new EngineError("unavailable", reason));
    this.#reads.clear();
    if (this.#closing === undefined) this.#listener.health({ ok: false, reason, lost: true });
    this.#failAll(reason);
    this.#closing?.resolve();
  }

  #request(requests: readonly NodeRequest[]): void {
    this.#send({ kind: "requests", frame: encodeRequests(requests) });
  }

  #send(message: FromNode): void {
    // Goes on in the worker: `SqliteService.#receive`.
    if (this.#lost === undefined && this.#closing === undefined) this.#port.postMessage(message);
  }

  #receive(message: ToNode): void {
    switch (message.kind) {
      case "notices":
        this.#deliver(message.frame);
        break;
      case "page":
        this.#removeRead(message.id)?.resolve(decodePage(message.frame));
        break;
      case "failure":
        this.#removeRead(message.id)?.reject(errorOf(message.failure));
        break;
    }
  }

  #settled(submissions: number): void {
    this.#unsettled -= submissions;
    this.#listener.settled(submissions);
  }

  #removeRead(id: number): PromiseWithResolvers<Page> | undefined {
    const read = this.#reads.get(id);
    this.#reads.delete(id);
    return read;
  }

  /** `committed` goes on in the hub: `EngineClient.#committed`. */
  #deliver(frame: string): void {
    let settled = 0;
    let outcomes: Outcome[] = [];
    let changes: Change[] = [];
    const flush = () => {
      if (outcomes.length > 0 || changes.length > 0) this.#listener.committed(outcomes, changes);
      if (settled > 0) this.#settled(settled);
      outcomes = [];
      changes = [];
      settled = 0;
    };
    for (const notice of decodeNotices(frame)) {
      switch (notice.kind) {
        case "outcome": {
          const { outcome, subscribed } = notice;
          const append = this.#inFlight.shift();
          outcomes.push(outcome);
          if (subscribed && outcome.kind === "kept") changes.push(messageOf(append, outcome.offset));
          break;
        }
        case "change":
          changes.push(notice.change);
          break;
        case "settled":
          settled++;
          break;
        case "opened":
          flush();
          this.#listener.opened(notice.room, notice.snapshot);
          break;
        case "refused":
          flush();
          this.#listener.refused(notice.room, notice.error);
          break;
        case "watching":
          flush();
          this.#listener.watching(notice.pattern);
          break;
        case "health":
          flush();
          this.#listener.health(notice.health);
          break;
        case "disconnected":
          flush();
          this.#disconnected();
          break;
      }
    }
    flush();
  }

  #disconnected(): void {
    clearInterval(this.#heartbeat);
    for (const read of this.#reads.values())
      read.reject(new EngineError("unavailable", "the node is closed"));
    this.#reads.clear();
    this.#port.close();
    this.#closing?.resolve();
  }

  #failSoon(reason: string): void {
    setImmediate(() => this.#failAll(reason));
  }

  #failAll(reason: string): void {
    const outcomes: Outcome[] = this.#inFlight.removeAll().map(() => ({ kind: "unavailable", reason }));
    if (outcomes.length > 0) this.#listener.committed(outcomes, []);
    if (this.#unsettled > 0) this.#settled(this.#unsettled);
  }
}

function messageOf({ room, id, type, from, at, data }: Append, offset: number): Change {
  return { kind: "message", room, message: { offset, id, type, from, at, data } };
}

function* partsOf(operations: readonly NodeRequest[]): Generator<readonly NodeRequest[]> {
  let first = 0;
  let data = 0;
  for (const [i, operation] of operations.entries()) {
    if (operation.kind === "append") data += operation.data.length;
    if (i + 1 - first < FRAME_REQUESTS && data < FRAME_DATA && i + 1 < operations.length) continue;
    yield operations.slice(first, i + 1);
    first = i + 1;
    data = 0;
  }
}
