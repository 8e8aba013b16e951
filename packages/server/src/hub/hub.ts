import { CLOSE, isRefused, type Refusal, refuse } from "@fanfare/protocol";
import { type Limits, largestData } from "../config/limits.ts";
import { type Policy, policyFor } from "../config/policy.ts";
import type { Engine, EngineHealth, Page, PageLimit, Range } from "../engines/engine.ts";
import { type Action, Authorizer } from "./authorizer.ts";
import type { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { EngineClient } from "./engine-client.ts";
import { engineRefusal } from "./engine-refusal.ts";
import { FlushQueue } from "./flush-queue.ts";
import { IdGenerator } from "./id-generator.ts";
import type { Identity } from "./identity.ts";
import type { Joining } from "./membership.ts";
import { type Listening, Patterns } from "./patterns.ts";
import type { Audit, Authenticator, Broadcast, ClientSocket, Clock, Randomness } from "./ports.ts";
import { type NewMessage, type OnPublished, PublishHandler } from "./publish-handler.ts";
import { type MemberList, Rooms } from "./rooms.ts";

export interface HubOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly broadcast: Broadcast;
  readonly policies: readonly Policy[];
  /** Checks tokens; without it every client is a guest. */
  readonly auth?: Authenticator;
  readonly audit?: Audit;
  readonly limits: Limits;
  /** An unexpected error while a client was served. */
  readonly onFault: (error: unknown) => void;
  /** Called whenever the engine becomes able or unable to commit. */
  readonly health?: (health: EngineHealth) => void;
  /** Called once for each room of whose log some cannot be read. */
  readonly damaged?: (room: string, reason: string) => void;
}

/**
 * One node: the clients connected to it, and what they ask for. Dialects call it; it asks the authorizer, and hands the
 * operation on. Pure: it has no I/O, no clock and no randomness of its own.
 */
export class Hub {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly authorizer: Authorizer;
  readonly ids: IdGenerator;
  readonly #options: HubOptions;
  readonly #connections: Connections;
  readonly #engine: EngineClient;
  readonly #rooms: Rooms;
  readonly #patterns: Patterns;
  readonly #publishHandler: PublishHandler;
  readonly #flushQueue = new FlushQueue();

  constructor(options: HubOptions) {
    const { clock, limits, broadcast, randomness, policies, auth, audit } = options;
    this.#options = options;
    this.clock = clock;
    this.limits = limits;
    this.authorizer = new Authorizer(policies, auth !== undefined, audit);
    this.ids = new IdGenerator(randomness);
    this.#connections = new Connections({
      clock,
      randomness,
      limits,
      authorizer: this.authorizer,
      ...(auth && { auth }),
      flowHost: {
        flush: () => this.flush(),
        fault: (error, socket) => {
          options.onFault(error);
          socket.close(CLOSE.fault.code, CLOSE.fault.reason);
        },
      },
    });
    this.#engine = new EngineClient(options.engine, clock, limits, {
      opened: (room, snapshot) => this.#rooms.opened(room, snapshot),
      refused: (room, refusal) => this.#rooms.refused(room, refusal),
      watching: (pattern) => this.#patterns.opened(pattern),
      changed: (room, changes) => {
        this.#rooms.apply(room, changes);
        this.#patterns.apply(room, changes);
      },
      health: (health) => options.health?.(health),
      damaged: (room, reason) => options.damaged?.(room, reason),
      flush: () => this.flush(),
    });
    const policy = (room: string) => this.policy(room);
    this.#patterns = new Patterns(this.#engine, broadcast);
    this.#rooms = new Rooms({
      engine: this.#engine,
      policy,
      clock,
      limits,
      broadcast,
      flushQueue: this.#flushQueue,
    });
    this.#publishHandler = new PublishHandler(
      this.#engine.appendQueue,
      this.#rooms,
      policy,
      this.ids,
      clock,
      largestData(limits),
    );
  }

  get health(): EngineHealth {
    return this.#engine.health;
  }

  /** Bytes of the publishes and events that wait for the engine; each counts its bytes on the wire and 500 more. */
  get uncommitted(): number {
    return this.#engine.appendQueue.waiting;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  get patternCount(): number {
    return this.#patterns.size;
  }

  /** @returns undefined where no tokens are in use */
  verify(token: string): ReturnType<Authenticator["verify"]> | undefined {
    return this.#connections.verify(token);
  }

  /** @param expiring called before its token expires, with the ms that are left */
  connect(socket: ClientSocket, identity: Identity, expiring: (left: number) => void = () => {}): Connection {
    return this.#connections.open(socket, identity, expiring);
  }

  /**
   * Replaces the connection's token by a new one of the same user, and leaves the rooms that the new one does not allow.
   * @param left called for each room that is left, with the reason
   * @param done called once unless the connection closes before: with the refusal, or undefined if the token was accepted
   * @returns why it is refused at once, or undefined
   */
  refresh(
    connection: Connection,
    token: string,
    left: (room: string, refusal: Refusal) => void,
    done: (refusal: Refusal | undefined) => void,
  ): Refusal | undefined {
    return this.#connections.renew(connection, token, (refusal) => {
      if (refusal === undefined) this.#leaveForbidden(connection, left);
      done(refusal);
      this.flush();
    });
  }

  /** For administrators. */
  connections(): Iterable<Connection> {
    return this.#connections;
  }

  /** Leaves every room and pattern, after everything that the connection has published. */
  disconnect(connection: Connection): void {
    if (!this.#connections.close(connection)) return;
    for (const name of [...connection.rooms]) this.leave(connection, name);
    for (const name of [...connection.patterns]) this.unlisten(connection, name);
  }

  policy(room: string): Policy {
    return policyFor(this.#options.policies, room);
  }

  /** @returns why it is refused; undefined if it is not, and the observer is called */
  join(connection: Connection, joining: Joining): Refusal | undefined {
    const { room, visible } = joining;
    const refusal = this.#denied(connection, visible ? "attend" : "join", room) ?? this.#lost();
    if (refusal !== undefined) return refusal;
    const start = this.authorizer.authorizeStart(connection.identity, room, joining.start);
    return isRefused(start) ? start : this.#rooms.join(connection, { ...joining, start });
  }

  leave(connection: Connection, name: string): Refusal | undefined {
    return this.#rooms.leave(connection, name);
  }

  /** Shows a member who joined to be visible. Its dialect calls this, as a rule once the member is live. */
  enter(connection: Connection, room: string): void {
    this.#rooms.enter(connection, room);
  }

  /** From `live` on the connection is sent the messages and events of all rooms that match (SPEC JOIN-7). */
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

  /**
   * @param published called once, after the commit or its failure, unless the publish is refused
   * @returns why it is refused, or undefined
   */
  publish(connection: Connection, publishing: NewMessage, published: OnPublished): Refusal | undefined {
    return (
      this.#denied(connection, "publish", publishing.room) ??
      this.#publishHandler.publish(connection, publishing, published)
    );
  }

  /** Relays an ephemeral event to a room. */
  event(connection: Connection, room: string, type: string, data: string): Refusal | undefined {
    return (
      this.#expired(connection) ??
      this.authorizer.authorizeEvent(connection.identity, room, type) ??
      this.#publishHandler.event(connection, room, type, data)
    );
  }

  /**
   * Reads a part of a room's log, once the client has taken enough of what it asked for before.
   * @param done called once, unless the read is refused
   * @returns why it is refused, or undefined
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
    connection.flow.enqueue(async () => {
      const result = await this.#engine.read(connection.reader, room, range, limit).catch(engineRefusal);
      done(result);
      this.flush();
    });
    return undefined;
  }

  /** Lists the members of a room that this connection is in; `done` is called once, as soon as the room is open. */
  members(
    connection: Connection,
    room: string,
    done: (list: MemberList | Refusal) => void,
  ): Refusal | undefined {
    return this.#denied(connection, "members", room) ?? this.#rooms.members(connection, room, done);
  }

  /** `send` runs once, before this turn ends or a room sends a frame, so that the replies of a turn share a frame. */
  onFlush(send: () => void): void {
    this.#flushQueue.add(send);
  }

  flush(): void {
    this.#flushQueue.flush();
  }

  /** Resolves once every publish so far has been kept or refused, and answered. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#engine.appendQueue.whenSettled(resolve));
  }

  async close(): Promise<void> {
    this.#rooms.close();
    await this.#engine.close();
  }

  #leaveForbidden(connection: Connection, left: (room: string, refusal: Refusal) => void): void {
    for (const name of [...connection.rooms]) {
      const action = this.#rooms.isVisible(connection, name) ? "attend" : "join";
      const refusal = this.#denied(connection, action, name);
      if (refusal === undefined) continue;
      this.leave(connection, name);
      left(name, refusal);
    }
    for (const name of [...connection.patterns]) {
      const refusal = this.#denied(connection, "join", name);
      if (refusal === undefined) continue;
      this.unlisten(connection, name);
      left(name, refusal);
    }
  }

  /** Every operation asks the authorizer before it is handed on. @param room or a pattern */
  #denied(connection: Connection, action: Action, room: string): Refusal | undefined {
    return this.#expired(connection) ?? this.authorizer.authorize(connection.identity, action, room);
  }

  #expired(connection: Connection): Refusal | undefined {
    return connection.hasExpired() ? refuse("unauthorized", CLOSE.expired.reason) : undefined;
  }

  /** @returns a refusal once the engine is lost, since it opens no more rooms */
  #lost(): Refusal | undefined {
    return this.#engine.lost ? refuse("unavailable") : undefined;
  }
}
