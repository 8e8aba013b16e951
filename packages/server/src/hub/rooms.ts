import { type Member, type Refusal, refuse } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import type { Policy } from "../config/policy.ts";
import type { Change, RoomSnapshot } from "../engines/engine.ts";
import type { Connection } from "./connection.ts";
import type { EngineClient } from "./engine-client.ts";
import type { FlushQueue } from "./flush-queue.ts";
import type { Joining } from "./membership.ts";
import type { Broadcast, Clock } from "./ports.ts";
import { Room, type RoomHost } from "./room.ts";
import { Tails } from "./tail.ts";

/** `members` is left undefined past the listing bound. */
export interface MemberList {
  readonly members: Member[] | undefined;
  readonly count: number;
}

export interface RoomsOptions {
  readonly engine: Pick<EngineClient, "tail" | "untail" | "appendQueue" | "reads">;
  readonly policy: (room: string) => Policy;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly broadcast: Broadcast;
  readonly flushQueue: FlushQueue;
}

/** The rooms that connections of this node are in. Each is tailed while it has a member. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #host: RoomHost;

  constructor(private readonly options: RoomsOptions) {
    const { engine, clock, limits, broadcast, flushQueue } = options;
    const { appendQueue, reads } = engine;
    this.#host = {
      clock,
      limits,
      broadcast,
      tails: new Tails(limits),
      // Neither the engine nor this node scans more messages in one turn. Their data fills most of a frame.
      replayPiece: { count: 250, bytes: (limits.frameOut * 3) / 4 },
      relay: (room, event) => appendQueue.put({ kind: "relay", room, event }),
      reads,
      attend: ({ flow }, operation) => appendQueue.attend(flow, operation),
      flush: () => flushQueue.flush(),
    };
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** @returns why it is refused; undefined if it is not, and the observer is called */
  join(connection: Connection, joining: Joining): Refusal | undefined {
    const { room: name } = joining;
    if (connection.rooms.has(name)) return refuse("already_joined");
    const limit = connection.roomLimit();
    if (limit !== undefined) return limit;
    const room = this.#rooms.get(name);
    const { maxMembers } = room?.policy ?? this.options.policy(name);
    if (room !== undefined && room.size >= maxMembers) {
      return refuse("room_full", `The room takes ${maxMembers} members.`);
    }
    (room ?? this.#open(connection, name)).join(connection, joining);
    return undefined;
  }

  leave(connection: Connection, name: string): Refusal | undefined {
    const room = this.#rooms.get(name);
    const membership = room?.membership(connection);
    if (room === undefined || membership === undefined) return refuse("not_joined");
    room.leave(membership);
    this.#closeIfEmpty(room);
    return undefined;
  }

  /** Whether the connection is, or will be, seen in the room. */
  isVisible(connection: Connection, name: string): boolean {
    return this.#rooms.get(name)?.membership(connection)?.visible === true;
  }

  enter(connection: Connection, name: string): void {
    const room = this.#rooms.get(name);
    const membership = room?.membership(connection);
    if (membership !== undefined) room?.enter(membership);
  }

  /** The room, if the connection has joined it. */
  joined(connection: Connection, name: string): Room | undefined {
    const room = this.#rooms.get(name);
    return room?.membership(connection) && room;
  }

  /** `done` is called once, as soon as the room is open. */
  members(
    connection: Connection,
    name: string,
    done: (list: MemberList | Refusal) => void,
  ): Refusal | undefined {
    const room = this.#rooms.get(name);
    const membership = room?.membership(connection);
    if (room === undefined || membership === undefined) return refuse("not_joined");
    connection.flow.addRequests(1);
    room.whenOpen(() => {
      connection.flow.addRequests(-1);
      const presence = membership.ended ? undefined : room.presence;
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

  /** The engine cannot open it: clients that joined are refused, and the next join tries again. */
  refused(name: string, refusal: Refusal): void {
    const room = this.#rooms.get(name);
    if (room === undefined) return;
    this.#rooms.delete(name);
    room.refuse(refusal);
    room.close();
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

  #closeIfEmpty(room: Room): void {
    // A room that is still opening is closed once it has opened: otherwise the engine's answer would open a later room of the same name.
    if (!room.open || room.size > 0) return;
    room.close();
    this.#rooms.delete(room.name);
    this.options.engine.untail(room.name);
  }
}
