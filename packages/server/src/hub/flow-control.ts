import type { Limits } from "../config/limits.ts";
import type { ClientSocket } from "./ports.ts";

/** What a connection needs of its hub. */
export interface FlowHost {
  /** Sends what a task has queued. */
  flush(): void;
  /** An unexpected error: it costs the client its connection, and other clients nothing. */
  fault(error: unknown, socket: ClientSocket): void;
}

/**
 * Bounds what waits for one connection: its socket is not read while too much of what it sent waits for the engine
 * (SPEC FLOW-2), and it is sent no more of the past while too much waits for the client (SPEC JOIN-6).
 */
export class FlowControl {
  #uncommitted = 0;
  #requests = 0;
  #heldByNode = false;
  #blocked = false;
  #closed = false;
  readonly #tasks: (() => Promise<void> | undefined)[] = [];
  #busy = false;

  constructor(
    private readonly socket: ClientSocket,
    private readonly limits: Limits,
    private readonly host: FlowHost,
  ) {}

  /** Bytes that the client sent and that wait for their commit, or (negative) that wait no more. */
  addUncommitted(bytes: number): void {
    this.#uncommitted += bytes;
    this.#regulate();
  }

  /** Requests that wait for their room to open, or (negative) that wait no more. Tasks count by themselves. */
  addRequests(count: number): void {
    this.#requests += count;
    this.#regulate();
  }

  /** While the node has too much to commit, a connection that publishes is not read. */
  holdByNode(held: boolean): void {
    this.#heldByNode = held;
    this.#regulate();
  }

  /**
   * Runs `task` after the tasks before it, once little enough waits for this client. One at a time: a client
   * in a thousand rooms is sent a thousand replays no faster than it takes them.
   */
  enqueue(task: () => Promise<void> | undefined): void {
    this.#tasks.push(task);
    this.writable();
    this.#regulate();
  }

  /** The client has taken some of what waited for it. */
  writable(): void {
    while (!this.#busy && !this.#closed && this.socket.buffered <= this.limits.replayAhead) {
      const task = this.#tasks.shift();
      if (task === undefined) break;
      this.#run(task);
    }
    this.#regulate();
  }

  /** No task runs any more. */
  close(): void {
    this.#closed = true;
  }

  #run(task: () => Promise<void> | undefined): void {
    const fault = (error: unknown) => this.host.fault(error, this.socket);
    this.#busy = true;
    try {
      const running = task();
      this.host.flush();
      if (running === undefined) {
        this.#busy = false;
        return;
      }
      void running.catch(fault).finally(() => {
        this.#busy = false;
        this.writable();
      });
    } catch (error) {
      fault(error);
    }
  }

  #regulate(): void {
    // Unblocking at half the bound keeps a busy publisher from switching with every message.
    const share = this.#blocked ? 0.5 : 1;
    const block =
      this.#heldByNode ||
      this.#uncommitted > this.limits.uncommittedPerConnection * share ||
      this.#requests + this.#tasks.length + (this.#busy ? 1 : 0) > this.limits.requestsPerConnection * share;
    if (block === this.#blocked || this.#closed) return;
    this.#blocked = block;
    if (block) this.socket.block("hub");
    else this.socket.unblock("hub");
  }
}
