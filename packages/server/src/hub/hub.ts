import { CLOSE, isRefused, type Refusal, refuse } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import { type Policy, policyFor } from "../config/policy.ts";
import {
  type Change,
  connectNode,
  type Engine,
  EngineError,
  type EngineHealth,
  type EngineNode,
  type Outcome,
  type Page,
  type PageLimit,
  type Range,
} from "../engines/engine.ts";
import { AppendQueue } from "./append-queue.ts";
import { type Action, Authorizer } from "./authorizer.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import { FlushQueue } from "./flush-queue.ts";
import { IdGenerator } from "./id-generator.ts";
import type { Identity, Proof } from "./identity.ts";
import { type Listening, Patterns } from "./patterns.ts";
import type { Audit, Authenticator, Broadcast, ClientSocket, Clock, Randomness } from "./ports.ts";
import { type NewMessage, type OnPublished, PublishHandler } from "./publish-handler.ts";
import { ReadLimiter } from "./read-limiter.ts";
import type { ReplayStart } from "./replay.ts";
import { type Joining, type MemberList, Rooms } from "./rooms.ts";
import { TokenExpiry } from "./token-expiry.ts";

export interface HubOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly broadcast: Broadcast;
  readonly policies: readonly Policy[];
  /** Where users prove who they are by tokens; without it everyone is a guest. */
  readonly auth?: Authenticator;
  readonly audit?: Audit;
  readonly limits: Limits;
  /** A fault of ours, met while serving a client. */
  readonly onFault: (error: unknown) => void;
  /** Told whenever the engine becomes able or unable to commit. */
  readonly health?: (health: EngineHealth) => void;
}

/**
 * One node: whoever is connected to it, and what becomes of what they ask. Pure: it has no I/O, no clock and no
 * randomness of its own. Dialects call it; the engine tells it what happened; it tells the members.
 */
export class Hub {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly authorizer: Authorizer;
  readonly ids: IdGenerator;
  readonly #options: HubOptions;
  readonly #engine: EngineNode;
  readonly #appendQueue: AppendQueue;
  readonly #reads: ReadLimiter;
  readonly #rooms: Rooms;
  readonly #patterns: Patterns;
  readonly #publishHandler: PublishHandler;
  readonly #flushQueue = new FlushQueue();
  readonly #connections = new Set<Connection>();
  readonly #connectionHost: ConnectionHost;
  #health: EngineHealth = { ok: true };

  constructor(options: HubOptions) {
    const { clock, limits, broadcast, randomness, policies, auth, audit } = options;
    this.#options = options;
    this.clock = clock;
    this.limits = limits;
    this.authorizer = new Authorizer(policies, auth !== undefined, audit);
    this.ids = new IdGenerator(randomness);
    this.#engine = connectNode(options.engine, {
      opened: (name, snapshot) => {
        this.#rooms.opened(name, snapshot);
        this.flush();
      },
      watching: (name) => {
        this.#patterns.opened(name);
        this.flush();
      },
      committed: (outcomes, changes) => this.#committed(outcomes, changes),
      settled: (submissions) => this.#appendQueue.finish(submissions),
      health: (health) => {
        this.#health = health;
        options.health?.(health);
      },
    });
    const policy = (room: string) => this.policy(room);
    this.#appendQueue = new AppendQueue(this.#engine, clock, limits);
    this.#reads = new ReadLimiter(this.#engine, limits.reads);
    this.#publishHandler = new PublishHandler(this.#appendQueue, policy, this.ids, clock);
    this.#patterns = new Patterns(this.#engine, broadcast);
    this.#rooms = new Rooms({
      engine: this.#engine,
      appendQueue: this.#appendQueue,
      reads: this.#reads,
      policy,
      clock,
      limits,
      broadcast,
      flushQueue: this.#flushQueue,
    });
    this.#connectionHost = {
      flush: () => this.flush(),
      fault: (error, socket) => {
        options.onFault(error);
        socket.close(CLOSE.fault.code, CLOSE.fault.reason);
      },
    };
  }

  get health(): EngineHealth {
    return this.#health;
  }

  /** Publishes and events that wait for the engine, in bytes; 500 for each are added to what it is on the wire. */
  get uncommitted(): number {
    return this.#appendQueue.waiting;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  get patternCount(): number {
    return this.#patterns.size;
  }

  get auth(): Authenticator | undefined {
    return this.#options.auth;
  }

  /** @param expiring called before its token ends, with the ms that are left */
  connect(socket: ClientSocket, identity: Identity, expiring: (left: number) => void = () => {}): Connection {
    const { auth, randomness } = this.#options;
    const connection = new Connection(randomness.name(), identity, socket, this.limits, this.#connectionHost);
    this.#connections.add(connection);
    const { user, proof } = identity;
    socket.named?.(user, proof !== undefined);
    if (proof === undefined) return connection;
    connection.expiry = new TokenExpiry(this.clock, socket, expiring);
    connection.expiry.set(proof.expires);
    // Between the look at the token and now somebody may have revoked it.
    if (auth?.revoked(user, proof)) socket.close(CLOSE.revoked.code, CLOSE.revoked.reason);
    return connection;
  }

  /**
   * A new token of the same user holds from now on. Rooms that it does not allow are left.
   * @param left told of each, and why
   */
  refresh(connection: Connection, proof: Proof, left: (room: string, refusal: Refusal) => void): void {
    connection.renew(proof, this.clock.now());
    connection.expiry?.set(proof.expires);
    for (const [name, { visible }] of [...connection.memberships]) {
      const refusal = this.#denied(connection, visible ? "attend" : "join", name);
      if (refusal === undefined) continue;
      this.leave(connection, name);
      left(name, refusal);
    }
    for (const name of [...connection.listening.keys()]) {
      const refusal = this.#denied(connection, "join", name);
      if (refusal === undefined) continue;
      this.unlisten(connection, name);
      left(name, refusal);
    }
  }

  /** Whoever is connected, for those who look after them. */
  connections(): Iterable<Connection> {
    return this.#connections;
  }

  /** Ends every membership. What the connection still had to publish goes first. */
  disconnect(connection: Connection): void {
    if (connection.closed) return;
    connection.closed = true;
    connection.expiry?.cancel();
    this.#connections.delete(connection);
    for (const name of [...connection.memberships.keys()]) this.leave(connection, name);
    for (const name of [...connection.listening.keys()]) this.unlisten(connection, name);
  }

  policy(room: string): Policy {
    return policyFor(this.#options.policies, room);
  }

  /** @returns why not, or undefined; then the observer hears what comes of it. */
  join(connection: Connection, joining: Joining): Refusal | undefined {
    const { room, visible } = joining;
    const refusal = this.#denied(connection, visible ? "attend" : "join", room) ?? this.#lost();
    if (refusal !== undefined) return refusal;
    const start = this.#startOf(connection, joining);
    return isRefused(start) ? start : this.#rooms.join(connection, { ...joining, start });
  }

  leave(connection: Connection, name: string): Refusal | undefined {
    return this.#rooms.leave(connection, name);
  }

  /** A member who goes before it has caught up comes into sight first, so that what it says has a sender. */
  appear(connection: Connection, name: string): void {
    this.#rooms.appear(connection, name);
  }

  /** From `live` on the connection is told of the messages and events in all rooms that match (SPEC JOIN-7). */
  listen(connection: Connection, listening: Listening): Refusal | undefined {
    return (
      this.#denied(connection, "join", listening.pattern) ??
      this.#lost() ??
      this.#patterns.listen(connection, listening)
    );
  }

  unlisten(connection: Connection, name: string): Refusal | undefined {
    return this.#patterns.unlisten(connection, name);
  }

  /** @returns why not, or undefined; then `published` is called once, after the commit or its failure. */
  publish(connection: Connection, publishing: NewMessage, published: OnPublished): Refusal | undefined {
    return (
      this.#denied(connection, "publish", publishing.room) ??
      this.#publishHandler.publish(connection, publishing, published)
    );
  }

  /** Relays an ephemeral event to a room. */
  event(connection: Connection, room: string, type: string, data: string): Refusal | undefined {
    return (
      this.#denied(connection, "event", room) ?? this.#publishHandler.event(connection, room, type, data)
    );
  }

  /**
   * Reads a part of a room's log; `done` is called once, when the client has taken enough of what it asked for
   * before.
   */
  history(
    connection: Connection,
    room: string,
    range: Range,
    limit: PageLimit,
    done: (result: Page | Refusal) => void,
  ): Refusal | undefined {
    const refusal = this.#denied(connection, "history", room);
    if (refusal !== undefined) return refusal;
    connection.enqueue(async () => {
      const result = await this.#reads.read(room, range, limit).catch(refusalOf);
      done(result);
      this.flush();
    });
    return undefined;
  }

  /** Who is in a room that this connection is in; `done` is called once, as soon as the room is open. */
  members(
    connection: Connection,
    room: string,
    done: (list: MemberList | Refusal) => void,
  ): Refusal | undefined {
    return this.#denied(connection, "members", room) ?? this.#rooms.members(connection, room, done);
  }

  /** Runs once before this turn ends, or before the room next speaks: replies of a turn share a frame. */
  onFlush(run: () => void): void {
    this.#flushQueue.add(run);
  }

  flush(): void {
    this.#flushQueue.flush();
  }

  /** Resolves once everything taken in so far has been kept or refused, and whoever sent it been told. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#appendQueue.whenSettled(resolve));
  }

  async close(): Promise<void> {
    this.#rooms.close();
    this.#appendQueue.close();
    await this.#engine.close();
  }

  #committed(outcomes: readonly Outcome[], changes: readonly Change[]): void {
    this.#appendQueue.settle(outcomes);
    // Replies leave before the messages they are about, so that a publisher knows its own.
    this.flush();
    const byRoom = new Map<string, Change[]>();
    for (const change of changes) {
      const known = byRoom.get(change.room);
      if (known === undefined) byRoom.set(change.room, [change]);
      else known.push(change);
    }
    for (const [name, list] of byRoom) {
      this.#rooms.apply(name, list);
      this.#patterns.apply(name, list);
    }
    this.flush();
  }

  /** Every operation passes here before it is handed on. @param room or a pattern */
  #denied({ identity }: Connection, action: Action, room: string): Refusal | undefined {
    return this.authorizer.authorize(identity, action, room);
  }

  /** A member who may not read the past is refused it where it asks for history, and told so where it resumes. */
  #startOf(connection: Connection, { room, start }: Joining): ReplayStart | Refusal {
    if (start.from === "history") return this.#denied(connection, "history", room) ?? start;
    if (start.from !== "position") return start;
    const withheld = this.authorizer.denial(connection.identity, "history", room) !== undefined;
    return withheld ? { from: "withheld" } : start;
  }

  /** Without an engine no room opens any more. */
  #lost(): Refusal | undefined {
    return !this.#health.ok && this.#health.lost === true ? refuse("unavailable") : undefined;
  }
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof EngineError)) throw error;
  return refuse(error.kind === "damaged" ? "damaged" : "unavailable", error.message);
}
