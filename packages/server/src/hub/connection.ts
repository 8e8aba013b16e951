import { type Refusal, refuse } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import type { Identity, Proof } from "./identity.ts";
import type { Membership } from "./membership.ts";
import type { Listener } from "./pattern.ts";
import type { ClientSocket } from "./ports.ts";
import type { TokenExpiry } from "./token-expiry.ts";

/** What a connection needs of its hub. */
export interface ConnectionHost {
  /** Sends what a task has left to be said. */
  flush(): void;
  /** A fault of ours: it costs the client the connection, and nobody else anything. */
  fault(error: unknown, socket: ClientSocket): void;
}

/** Tokens of one connection that are remembered, so that none of them brings back who was sent away. */
const REMEMBERED = 64;

const NONE: ReadonlyMap<string, Listener> = new Map();

/** One client socket: its rooms, and how much of it is waiting. */
export class Connection {
  /** By room name. */
  readonly memberships = new Map<string, Membership>();
  /** By pattern; most connections have none. */
  #listening: Map<string, Listener> | undefined;
  closed = false;
  /** Of one whose user proved who they are. */
  expiry: TokenExpiry | undefined;
  /** Tokens that it had before the present one, the newest last. */
  #spent: readonly Proof[] = [];
  #uncommitted = 0;
  #requests = 0;
  #heldByNode = false;
  #paused = false;
  readonly #tasks: (() => Promise<void> | undefined)[] = [];
  #busy = false;

  constructor(
    readonly id: string,
    public identity: Identity,
    readonly socket: ClientSocket,
    private readonly limits: Limits,
    private readonly host: ConnectionHost,
  ) {}

  /** By pattern. */
  get listening(): ReadonlyMap<string, Listener> {
    return this.#listening ?? NONE;
  }

  listen(pattern: string, listener: Listener): void {
    this.#listening ??= new Map();
    this.#listening.set(pattern, listener);
  }

  unlisten(pattern: string): void {
    this.#listening?.delete(pattern);
  }

  /** Why it may be in no more rooms; patterns count as rooms. */
  roomLimit(): Refusal | undefined {
    const { roomsPerConnection } = this.limits;
    return this.memberships.size + this.listening.size < roomsPerConnection
      ? undefined
      : refuse("too_many_rooms", `A connection may be in ${roomsPerConnection} rooms.`);
  }

  /** Why it may listen to no more patterns. */
  patternLimit(): Refusal | undefined {
    const { patternsPerConnection } = this.limits;
    return this.listening.size < patternsPerConnection
      ? undefined
      : refuse("too_many_rooms", `A connection may listen to ${patternsPerConnection} patterns.`);
  }

  get user(): string {
    return this.identity.user;
  }

  /** @param now those that have ended by then are forgotten */
  renew(proof: Proof, now: number): void {
    const { proof: before } = this.identity;
    const spent = before === undefined ? this.#spent : [...this.#spent, before];
    this.#spent = spent.filter(({ expires }) => expires > now).slice(-REMEMBERED);
    this.identity = { ...this.identity, proof };
  }

  /** Of each token by which it is, or was, here. */
  tokens(): string[] {
    const { proof } = this.identity;
    return [...this.#spent, ...(proof === undefined ? [] : [proof])].map(({ token }) => token);
  }

  /** Bytes of a publish on its way to its commit, or (negative) at the end of it. */
  addUncommitted(bytes: number): void {
    this.#uncommitted += bytes;
    this.#regulate();
  }

  /** A request that waits for its room to open, or (negative) its end. Tasks count by themselves. */
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

  /** The gateway says that the client has taken some of what was waiting. */
  writable(): void {
    while (!this.#busy && !this.closed && this.socket.buffered <= this.limits.replayAhead) {
      const task = this.#tasks.shift();
      if (task === undefined) break;
      this.#run(task);
    }
    this.#regulate();
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
    // Resuming at half the bound keeps a busy publisher from switching with every message.
    const room = this.#paused ? 0.5 : 1;
    const pause =
      this.#heldByNode ||
      this.#uncommitted > this.limits.uncommittedPerConnection * room ||
      this.#requests + this.#tasks.length + (this.#busy ? 1 : 0) > this.limits.requestsPerConnection * room;
    if (pause === this.#paused || this.closed) return;
    this.#paused = pause;
    if (pause) this.socket.block("hub");
    else this.socket.unblock("hub");
  }
}
