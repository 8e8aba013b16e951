import { CLOSE, type Member, type Refusal, refuse } from "@fanfare/protocol";
import type { Policy } from "../config/policy.ts";
import {
  type Change,
  type Engine,
  EngineError,
  type EngineHealth,
  type EngineNode,
  type Outcome,
  type Page,
  type PageLimit,
  type Range,
  type Recognition,
  type RoomEvent,
} from "../engines/engine.ts";
import { type Action, Authority } from "./authority.ts";
import type { Bounds } from "./bounds.ts";
import { CatchUp, type Follower, type Start } from "./catch-up.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import { GivenNames } from "./given-names.ts";
import type { Identity, Proof } from "./identity.ts";
import { Intake, type Settle } from "./intake.ts";
import { Membership } from "./membership.ts";
import type { Listener } from "./pattern.ts";
import { Patterns } from "./patterns.ts";
import type { Audit, Authenticator, Broadcast, Clock, Link, Randomness } from "./ports.ts";
import { Reads } from "./reads.ts";
import { Room, type RoomHost } from "./room.ts";
import { Tails } from "./tail.ts";
import { Tenure } from "./tenure.ts";
import { TYPING } from "./typing.ts";
import type { Encoder } from "./update.ts";

export interface HubOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly broadcast: Broadcast;
  readonly policies: readonly Policy[];
  /** Where users prove who they are by tokens; without it everyone is a guest. */
  readonly auth?: Authenticator;
  readonly audit?: Audit;
  readonly bounds: Bounds;
  /** A fault of ours, met while serving a client. */
  readonly onFault: (error: unknown) => void;
  /** Told whenever the engine becomes able or unable to commit. */
  readonly health?: (health: EngineHealth) => void;
}

export interface Joining {
  readonly room: string;
  readonly encoder: Encoder;
  readonly start: Start;
  /** Be seen by others. */
  readonly visible: boolean;
  readonly follower: Follower;
}

export interface Listening extends Omit<Listener, "connection"> {
  /** The beginning of room names, and `*`. */
  readonly pattern: string;
  /** Called before `live`, once there is nothing to refuse. */
  readonly joined: () => void;
}

export interface Publishing {
  readonly room: string;
  readonly type: string;
  /** Compact JSON text. */
  readonly data: string;
  readonly id?: string;
  readonly n?: number;
}

/** `members` is left undefined past the listing bound. */
export interface MemberList {
  readonly members: Member[] | undefined;
  readonly count: number;
}

/** What a publisher is told: the outcome and the id under which the message stands. */
export type Published = (outcome: Outcome, id: string) => void;

/**
 * One node: the rooms its connections are in. Pure: it has no I/O, no clock and no randomness of its own.
 * Dialects call it; the engine tells it what happened; it tells the members.
 */
export class Hub {
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly authority: Authority;
  readonly #options: HubOptions;
  readonly #engine: EngineNode;
  readonly #intake: Intake;
  readonly #reads: Reads;
  readonly #connections = new Set<Connection>();
  readonly #rooms = new Map<string, Room>();
  readonly #patterns: Patterns;
  readonly names: GivenNames;
  readonly #host: RoomHost;
  readonly #connectionHost: ConnectionHost;
  readonly #turnEnds = new Set<() => void>();
  #health: EngineHealth = { ok: true };

  constructor(options: HubOptions) {
    const { clock, bounds, broadcast, randomness, engine } = options;
    this.#options = options;
    this.clock = clock;
    this.bounds = bounds;
    this.authority = new Authority(options.policies, options.auth !== undefined);
    this.names = new GivenNames(randomness);
    this.#engine = engine.connect({
      opened: (name, snapshot) => {
        const room = this.#rooms.get(name);
        room?.opened(snapshot);
        if (room !== undefined) this.#closeIfEmpty(room);
        this.endTurn();
      },
      watching: (name) => {
        this.#patterns.opened(name);
        this.endTurn();
      },
      committed: (outcomes, changes) => this.#committed(outcomes, changes),
      settled: (submissions) => this.#intake.finish(submissions),
      health: (health) => {
        this.#health = health;
        options.health?.(health);
      },
    });
    this.#intake = new Intake(this.#engine, clock, bounds);
    this.#patterns = new Patterns(this.#engine, broadcast);
    this.#reads = new Reads(this.#engine, bounds.reads);
    this.#connectionHost = {
      endTurn: () => this.endTurn(),
      fault: (error, link) => {
        options.onFault(error);
        link.close(CLOSE.fault.code, CLOSE.fault.reason);
      },
    };
    this.#host = {
      clock,
      bounds,
      broadcast,
      tails: new Tails(bounds),
      relay: (room, event) => this.#intake.put({ kind: "relay", room, event }),
      enter: (membership) => this.#enter(membership),
      endTurn: () => this.endTurn(),
    };
  }

  get health(): EngineHealth {
    return this.#health;
  }

  /** Publishes and events that wait for the engine, in bytes. */
  get uncommitted(): number {
    return this.#intake.waiting;
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

  get audit(): Audit | undefined {
    return this.#options.audit;
  }

  /** @param expiring called before its token ends, with the ms that are left */
  connect(link: Link, identity: Identity, expiring: (left: number) => void = () => {}): Connection {
    const { auth, randomness } = this.#options;
    const connection = new Connection(randomness.name(), identity, link, this.bounds, this.#connectionHost);
    this.#connections.add(connection);
    const { user, proof } = identity;
    link.named?.(user, proof !== undefined);
    if (proof === undefined) return connection;
    connection.tenure = new Tenure(this.clock, link, expiring);
    connection.tenure.until(proof.expires);
    // Between the look at the token and now somebody may have revoked it.
    if (auth?.revoked(user, proof)) link.close(CLOSE.revoked.code, CLOSE.revoked.reason);
    return connection;
  }

  /**
   * A new token of the same user holds from now on. Rooms that it does not allow are left.
   * @param left told of each, and why
   */
  refresh(connection: Connection, proof: Proof, left: (room: string, refusal: Refusal) => void): void {
    connection.renew(proof, this.clock.now());
    connection.tenure?.until(proof.expires);
    for (const [name, { visible }] of [...connection.memberships]) {
      const refusal = this.#denied(connection, visible ? ["join", "presence"] : ["join"], name);
      if (refusal === undefined) continue;
      this.leave(connection, name);
      left(name, refusal);
    }
    for (const name of [...connection.listening.keys()]) {
      const refusal = this.#denied(connection, ["join"], name);
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
    connection.tenure?.end();
    this.#connections.delete(connection);
    for (const name of [...connection.memberships.keys()]) this.leave(connection, name);
    for (const name of [...connection.listening.keys()]) this.unlisten(connection, name);
  }

  policy(room: string): Policy {
    return this.authority.policy(room);
  }

  /** @returns why not, or undefined; then the follower hears what comes of it. */
  join(connection: Connection, joining: Joining): Refusal | undefined {
    const { room: name, encoder, visible, follower } = joining;
    const policy = this.policy(name);
    const refusal = this.#denied(connection, visible ? ["join", "presence"] : ["join"], name);
    if (refusal !== undefined) return refusal;
    const start = this.#start(connection, joining);
    if ("name" in start) return start;
    if (connection.memberships.has(name)) return refuse("already_joined");
    if (this.#lost) return refuse("unavailable");
    const crowded = this.#tooManyRooms(connection);
    if (crowded !== undefined) return crowded;
    let room = this.#rooms.get(name);
    if (room !== undefined && room.size >= policy.maxMembers) {
      return refuse("room_full", `The room takes ${policy.maxMembers} members.`);
    }
    if (room === undefined) {
      room = new Room(name, policy, this.#host);
      this.#rooms.set(name, room);
      connection.link.charge?.("rooms", 1);
      this.#engine.tail(name);
    }
    const membership = new Membership(
      connection,
      room,
      encoder,
      visible,
      new CatchUp(start, follower, this.#reads),
    );
    connection.memberships.set(name, membership);
    connection.addRequests(1);
    room.whenOpen(() => connection.addRequests(-1));
    room.add(membership);
    return undefined;
  }

  leave(connection: Connection, name: string): Refusal | undefined {
    const membership = connection.memberships.get(name);
    if (membership === undefined) return refuse("not_joined");
    const { room } = membership;
    connection.memberships.delete(name);
    room.typing.left(connection.user, connection.id);
    room.remove(membership);
    if (membership.entered)
      this.#intake.attend(connection, { kind: "leave", room: name, key: connection.id });
    this.#closeIfEmpty(room);
    return undefined;
  }

  /** From `live` on the connection is told of the messages and events in all rooms that match (SPEC JOIN-7). */
  listen(connection: Connection, { pattern: name, encoder, joined, live }: Listening): Refusal | undefined {
    const refusal = this.#denied(connection, ["join"], name);
    if (refusal !== undefined) return refusal;
    if (connection.listening.has(name)) return refuse("already_joined");
    if (this.#lost) return refuse("unavailable");
    const crowded = this.#tooManyRooms(connection) ?? this.#tooManyPatterns(connection);
    if (crowded !== undefined) return crowded;
    joined();
    this.#patterns.add(name, { connection, encoder, live });
    return undefined;
  }

  unlisten(connection: Connection, name: string): Refusal | undefined {
    return this.#patterns.remove(connection, name) ? undefined : refuse("not_joined");
  }

  /** @returns why not, or undefined; then `published` is called once, after the commit or its failure. */
  publish(connection: Connection, publishing: Publishing, published: Published): Refusal | undefined {
    const { room, type, data, n } = publishing;
    const policy = this.policy(room);
    const refusal = this.#denied(connection, TO_PUBLISH, room, policy) ?? oversized(data, policy);
    if (refusal !== undefined) return refusal;
    if (this.#intake.closed) return refuse("unavailable");
    let id = publishing.id;
    let recognition: Recognition = id === undefined ? BY_NOTHING : BY_ID;
    if (n !== undefined) {
      const { publisher } = connection.identity;
      if (publisher === undefined)
        return refuse("bad_request", "n needs a publisher: name it in hello, or by the request publisher.");
      recognition = { by: "number", publisher, n };
      id = `${this.names.publisherTag(publisher)}:${n}`;
    }
    const kept = id ?? this.names.messageId();
    const settle: Settle = (outcome) => {
      const isFirst = outcome.kind === "kept" && outcome.offset === 1 && !outcome.duplicate;
      if (isFirst) connection.link.charge?.("rooms", 1);
      published(outcome, kept);
    };
    const at = this.clock.now();
    this.#intake.append(
      connection,
      { kind: "append", room, id: kept, type, from: connection.user, at, data, recognition },
      settle,
    );
    return undefined;
  }

  /** Relays an ephemeral event to a room. */
  event(connection: Connection, room: string, type: string, data: string): Refusal | undefined {
    const policy = this.policy(room);
    const refusal = this.#denied(connection, ["event"], room, policy) ?? oversized(data, policy);
    if (refusal !== undefined) return refusal;
    const membership = connection.memberships.get(room);
    if (membership === undefined) return refuse("not_joined", "Events go to rooms that you are in.");
    const event: RoomEvent = { type, from: connection.user, data };
    if (type === TYPING) membership.room.typing.heard(event, connection.id);
    this.#intake.event(connection, room, event);
    return undefined;
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
    const refusal = this.#denied(connection, ["history"], room);
    if (refusal !== undefined) return refusal;
    connection.enqueue(async () => {
      const result = await this.#reads.page(room, range, limit).catch(refusalOf);
      done(result);
      this.endTurn();
    });
    return undefined;
  }

  /** Who is in a room that this connection is in; `done` is called once, as soon as the room is open. */
  members(
    connection: Connection,
    name: string,
    done: (list: MemberList | Refusal) => void,
  ): Refusal | undefined {
    const refusal = this.#denied(connection, ["presence"], name);
    if (refusal !== undefined) return refusal;
    const membership = connection.memberships.get(name);
    if (membership === undefined) return refuse("not_joined");
    connection.addRequests(1);
    membership.room.whenOpen(() => {
      connection.addRequests(-1);
      const presence = membership.ended ? undefined : membership.room.presence;
      done(
        presence === undefined
          ? refuse("not_joined")
          : { members: presence.members(), count: presence.count },
      );
    });
    return undefined;
  }

  /** Runs once before this turn ends, or before the room next speaks: replies of a turn share a frame. */
  atTurnEnd(run: () => void): void {
    this.#turnEnds.add(run);
  }

  endTurn(): void {
    for (const run of this.#turnEnds) {
      this.#turnEnds.delete(run);
      run();
    }
  }

  /** Resolves once everything taken in so far has been kept or refused, and whoever sent it been told. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#intake.whenSettled(resolve));
  }

  async close(): Promise<void> {
    for (const room of this.#rooms.values()) room.close();
    this.#intake.close();
    await this.#engine.close();
  }

  #committed(outcomes: readonly Outcome[], changes: readonly Change[]): void {
    this.#intake.settle(outcomes);
    // Replies leave before the messages they are about, so that a publisher knows its own.
    this.endTurn();
    const byRoom = new Map<string, Change[]>();
    for (const change of changes) {
      const known = byRoom.get(change.room);
      if (known === undefined) byRoom.set(change.room, [change]);
      else known.push(change);
    }
    for (const [name, list] of byRoom) {
      this.#rooms.get(name)?.apply(list);
      this.#patterns.apply(name, list);
    }
    this.endTurn();
  }

  /** A member who goes before it has caught up comes into sight first, so that what it says has a sender. */
  appear(connection: Connection, name: string): void {
    const membership = connection.memberships.get(name);
    if (membership?.visible) this.#enter(membership);
  }

  #enter(membership: Membership): void {
    if (membership.entered) return;
    const { connection, room } = membership;
    membership.entered = true;
    const attendee = { key: connection.id, user: connection.user, since: this.clock.now() };
    this.#intake.attend(connection, { kind: "enter", room: room.name, attendee });
  }

  get #lost(): boolean {
    return !this.#health.ok && this.#health.lost === true;
  }

  #closeIfEmpty(room: Room): void {
    // A room that is still opening is closed once it has opened: its one answer then finds nobody else's room.
    if (!room.open || room.size > 0) return;
    room.close();
    this.#rooms.delete(room.name);
    this.#engine.untail(room.name);
  }

  /** Patterns count as rooms. */
  #tooManyRooms({ memberships, listening }: Connection): Refusal | undefined {
    const { roomsPerConnection } = this.bounds;
    return memberships.size + listening.size < roomsPerConnection
      ? undefined
      : refuse("too_many_rooms", `A connection may be in ${roomsPerConnection} rooms.`);
  }

  /** Whoever resumes and may not read the past is told so; whoever asks for it is refused. */
  #start(connection: Connection, { room, start }: Joining): Start | Refusal {
    if (start.from === "now" || start.from === "withheld") return start;
    if (start.from === "history") return this.#denied(connection, ["history"], room) ?? start;
    const denied = this.authority.denied(connection.identity, "history", room);
    return denied === undefined ? start : { from: "withheld" };
  }

  #tooManyPatterns({ listening }: Connection): Refusal | undefined {
    const { patternsPerConnection } = this.bounds;
    return listening.size < patternsPerConnection
      ? undefined
      : refuse("too_many_rooms", `A connection may listen to ${patternsPerConnection} patterns.`);
  }

  #denied(
    { identity }: Connection,
    actions: readonly Action[],
    room: string,
    policy = this.policy(room),
  ): Refusal | undefined {
    for (const action of actions) {
      const refusal = this.authority.denied(identity, action, room, policy);
      if (refusal === undefined) continue;
      this.audit?.denied(identity, action, room);
      return refusal;
    }
    return undefined;
  }
}

/** Whoever speaks in a room may hear what is said there. */
const TO_PUBLISH = ["join", "publish"] as const;

const BY_NOTHING: Recognition = { by: "nothing" };
const BY_ID: Recognition = { by: "id" };

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof EngineError)) throw error;
  return refuse(error.kind === "damaged" ? "damaged" : "unavailable", error.message);
}

function oversized(data: string, policy: Policy): Refusal | undefined {
  // UTF-8 takes at most three bytes for a UTF-16 unit, so most data needs no closer look.
  if (data.length * 3 <= policy.maxDataBytes) return undefined;
  return new TextEncoder().encode(data).length > policy.maxDataBytes
    ? refuse("data_too_large", `This room takes data of up to ${policy.maxDataBytes} bytes.`)
    : undefined;
}
