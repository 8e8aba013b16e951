import { type Member, type Refusal, refuse } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import type { Policy } from "../config/policy.ts";
import type { Change, EngineNode, RoomSnapshot } from "../engines/engine.ts";
import type { AppendQueue } from "./append-queue.ts";
import type { Connection } from "./connection.ts";
import type { FlushQueue } from "./flush-queue.ts";
import { Membership } from "./membership.ts";
import type { Broadcast, Clock } from "./ports.ts";
import type { ReadLimiter } from "./read-limiter.ts";
import { type JoinObserver, Replay, type ReplayStart } from "./replay.ts";
import { Room, type RoomHost } from "./room.ts";
import { Tails } from "./tail.ts";
import type { Encoder } from "./update.ts";

export interface Joining {
  readonly room: string;
  readonly encoder: Encoder;
  readonly start: ReplayStart;
  /** Be seen by others. */
  readonly visible: boolean;
  readonly observer: JoinObserver;
}

/** `members` is left undefined past the listing bound. */
export interface MemberList {
  readonly members: Member[] | undefined;
  readonly count: number;
}

export interface RoomsOptions {
  readonly engine: Pick<EngineNode, "tail" | "untail">;
  readonly appendQueue: AppendQueue;
  readonly reads: ReadLimiter;
  readonly policy: (room: string) => Policy;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly broadcast: Broadcast;
  readonly flushQueue: FlushQueue;
}

/** The rooms that connections of this node are in. Each is tailed for as long as somebody is in it. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #host: RoomHost;

  constructor(private readonly options: RoomsOptions) {
    const { clock, limits, broadcast, appendQueue, flushQueue } = options;
    this.#host = {
      clock,
      limits,
      broadcast,
      tails: new Tails(limits),
      relay: (room, event) => appendQueue.put({ kind: "relay", room, event }),
      enter: (membership) => this.#enter(membership),
      flush: () => flushQueue.flush(),
    };
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** @returns why not, or undefined; then the observer hears what comes of it. */
  join(connection: Connection, joining: Joining): Refusal | undefined {
    const { room: name, encoder, start, visible, observer } = joining;
    if (connection.memberships.has(name)) return refuse("already_joined");
    const limit = connection.roomLimit();
    if (limit !== undefined) return limit;
    const room = this.#rooms.get(name);
    const { maxMembers } = room?.policy ?? this.options.policy(name);
    if (room !== undefined && room.size >= maxMembers) {
      return refuse("room_full", `The room takes ${maxMembers} members.`);
    }
    const replay = new Replay(start, observer, this.options.reads);
    this.#admit(new Membership(connection, room ?? this.#open(connection, name), encoder, visible, replay));
    return undefined;
  }

  leave(connection: Connection, name: string): Refusal | undefined {
    const membership = connection.memberships.get(name);
    if (membership === undefined) return refuse("not_joined");
    const { room } = membership;
    connection.memberships.delete(name);
    room.typing.left(connection.user, connection.id);
    room.remove(membership);
    if (membership.entered) {
      this.options.appendQueue.attend(connection, { kind: "leave", room: name, key: connection.id });
    }
    this.#closeIfEmpty(room);
    return undefined;
  }

  /** A member who goes before it has caught up comes into sight first, so that what it says has a sender. */
  appear(connection: Connection, name: string): void {
    const membership = connection.memberships.get(name);
    if (membership?.visible) this.#enter(membership);
  }

  /** `done` is called once, as soon as the room is open. */
  members(
    connection: Connection,
    name: string,
    done: (list: MemberList | Refusal) => void,
  ): Refusal | undefined {
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

  /** The engine tails it from now on. */
  opened(name: string, snapshot: RoomSnapshot): void {
    const room = this.#rooms.get(name);
    if (room === undefined) return;
    room.opened(snapshot);
    this.#closeIfEmpty(room);
  }

  /** One turn's changes in one room. */
  apply(name: string, changes: readonly Change[]): void {
    this.#rooms.get(name)?.apply(changes);
  }

  close(): void {
    for (const room of this.#rooms.values()) room.close();
  }

  #open(connection: Connection, name: string): Room {
    const room = new Room(name, this.options.policy(name), this.#host);
    this.#rooms.set(name, room);
    connection.socket.charge?.("rooms", 1);
    this.options.engine.tail(name);
    return room;
  }

  #admit(membership: Membership): void {
    const { connection, room } = membership;
    connection.memberships.set(room.name, membership);
    connection.addRequests(1);
    room.whenOpen(() => connection.addRequests(-1));
    room.add(membership);
  }

  #enter(membership: Membership): void {
    if (membership.entered) return;
    const { connection, room } = membership;
    membership.entered = true;
    const attendee = { key: connection.id, user: connection.user, since: this.options.clock.now() };
    this.options.appendQueue.attend(connection, { kind: "enter", room: room.name, attendee });
  }

  #closeIfEmpty(room: Room): void {
    // A room that is still opening is closed once it has opened: its one answer then finds nobody else's room.
    if (!room.open || room.size > 0) return;
    room.close();
    this.#rooms.delete(room.name);
    this.options.engine.untail(room.name);
  }
}
