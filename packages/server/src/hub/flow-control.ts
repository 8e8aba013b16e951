import type { Limits } from "../config/limits.ts";
import type { ClientSocket } from "./ports.ts";

/** What a connection needs of its hub. */
export interface FlowHost {
  /** Sends what a task has queued. */
  flush(): void;
  /** Called with an unexpected error: closes this connection, and no other. */
  fault(error: unknown, socket: ClientSocket): void;
}

/**
 * Bounds what waits for one connection. Its socket is not read while too many bytes of it wait for the engine (SPEC
 * FLOW-2), and the next replay or history read waits while too many bytes wait for the client (SPEC JOIN-6).
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

  /** @param bytes of the client that wait for their commit from now on; negative: that no longer wait */
  addUncommitted(bytes: number): void {
    this.#uncommitted += bytes;
    this.#regulate();
  }

  /** @param count requests that wait for an answer from now on; negative: that no longer wait. Tasks are counted by `enqueue`. */
  addRequests(count: number): void {
    this.#requests += count;
    this.#regulate();
  }

  /** @param held whether the node has too much to commit: then a connection that publishes is not read */
  holdByNode(held: boolean): void {
    this.#heldByNode = held;
    this.#regulate();
  }

  /**
   * Queues `task`. Tasks run one at a time, and only while little waits for the client: a client that resumes in a
   * thousand rooms gets the replays as fast as it reads them.
   */
  enqueue(task: () => Promise<void> | undefined): void {
    this.#tasks.push(task);
    this.writable();
    this.#regulate();
  }

  /** Called when the client has read some of what waited for it. */
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
