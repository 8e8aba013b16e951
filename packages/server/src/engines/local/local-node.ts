import { checkFields, checkPattern, checkRoom } from "../broker/field-checks.ts";
import type { NodeRequest, RequestBatch } from "../broker/node-request.ts";
import type { NodeSession } from "../broker/node-session.ts";
import {
  EngineError,
  type EngineNode,
  type Operation,
  type Page,
  type PageLimit,
  type Range,
} from "../engine.ts";
import type { LocalChannel } from "./local-channel.ts";
import type { LocalLogs } from "./local-logs.ts";

/** What a node needs of its engine. */
interface NodeHost {
  submit(batch: RequestBatch): void;
  defer(step: () => void): void;
}

export class LocalNode implements EngineNode {
  readonly #channel: LocalChannel;
  readonly #logs: Pick<LocalLogs, "page">;
  readonly #host: NodeHost;
  #closing: Promise<void> | undefined;
  #crashed = false;

  constructor(
    readonly session: NodeSession,
    channel: LocalChannel,
    logs: Pick<LocalLogs, "page">,
    host: NodeHost,
  ) {
    this.#channel = channel;
    this.#logs = logs;
    this.#host = host;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  submit(operations: readonly Operation[]): void {
    checkFields(operations);
    if (this.#crashed) return;
    if (this.closed) throw new Error("the node is closed");
    this.#request(...operations, { kind: "settle" });
  }

  tail(room: string): void {
    checkRoom(room);
    if (!this.closed) this.#request({ kind: "tail", room });
  }

  untail(room: string): void {
    checkRoom(room);
    if (!this.closed) this.#request({ kind: "untail", room });
  }

  watch(pattern: string): void {
    checkPattern(pattern);
    if (!this.closed) this.#request({ kind: "watch", pattern });
  }

  unwatch(pattern: string): void {
    checkPattern(pattern);
    if (!this.closed) this.#request({ kind: "unwatch", pattern });
  }

  read(room: string, range: Range, limit: PageLimit): Promise<Page> {
    const { promise, resolve, reject } = Promise.withResolvers<Page>();
    this.#host.defer(() => {
      if (this.closed) {
        reject(new EngineError("unavailable", "the node is closed"));
        return;
      }
      try {
        resolve(this.#logs.page(room, range, limit));
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#channel.onDisconnected = resolve;
      this.#request({ kind: "disconnect" });
    });
    return this.#closing;
  }

  /** Stops at once, as if the node's machine had lost power. */
  crash(): void {
    this.#crashed = true;
    this.#closing = Promise.resolve();
    this.#channel.crashed = true;
  }

  #request(...requests: readonly NodeRequest[]): void {
    this.#host.submit({ session: this.session, requests });
  }
}
