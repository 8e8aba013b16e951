import type { Refusal } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import type { Policy } from "../config/policy.ts";
import type { Change, PageLimit, RoomEvent, RoomSnapshot, StoredMessage } from "../engines/engine.ts";
import type { Attend } from "./append-queue.ts";
import type { Connection } from "./connection.ts";
import { FanOut } from "./fan-out.ts";
import { type Joining, Membership, type MembershipRoom } from "./membership.ts";
import type { Broadcast, Clock } from "./ports.ts";
import { Presence } from "./presence.ts";
import type { ReadLimiter } from "./read-limiter.ts";
import { Tail, type Tails } from "./tail.ts";
import { Typing } from "./typing.ts";
import type { Update } from "./update.ts";

/** What a room needs of its hub. */
export interface RoomHost {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly broadcast: Broadcast;
  readonly tails: Tails;
  readonly reads: ReadLimiter;
  /** Messages and bytes of one piece of a replay. */
  readonly replayPiece: PageLimit;
  relay(room: string, event: RoomEvent): void;
  /** A connection enters or leaves, after everything that it has sent before. */
  attend(connection: Connection, operation: Attend): void;
  /** Sends what was queued, after the room has sent something by itself. */
  flush(): void;
}

/** A room with members on this node. It opens when the engine has sent its epoch and head. */
export class Room implements MembershipRoom {
  readonly #memberships = new Map<Connection, Membership>();
  readonly #fanOut: FanOut;
  readonly #tail = new Tail();
  #waiting: (() => void)[] = [];
  #ahead: { readonly offset: number; readonly run: () => void }[] = [];
  readonly typing: Typing;
  #epoch = "";
  #head = 0;
  #presence: Presence | undefined;
  /** Why it cannot be opened. */
  #refusal: Refusal | undefined;

  constructor(
    readonly name: string,
    readonly policy: Policy,
    private readonly host: RoomHost,
  ) {
    this.#fanOut = new FanOut(name, host.broadcast);
    this.typing = new Typing(host.clock, host.limits.typingMs, (event) => host.relay(name, event));
  }

  get open(): boolean {
    return this.#presence !== undefined;
  }

  get piece(): PageLimit {
    return this.host.replayPiece;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** Offset of the newest message that this node has sent to its members. */
  get head(): number {
    return this.#head;
  }

  get size(): number {
    return this.#memberships.size;
  }

  get presence(): Presence | undefined {
    return this.#presence;
  }

  /** Runs at once, or as soon as the room is open; in the order of the calls. */
  whenOpen(run: () => void): void {
    if (this.open) run();
    else this.#waiting.push(run);
  }

  nextTurn(): Promise<void> {
    return new Promise((resolve) => this.host.clock.soon(resolve));
  }

  /** Runs once this node has sent the message at `offset`, which is committed, to its members. */
  whenSent(offset: number, run: () => void): void {
    if (this.#head >= offset) run();
    else this.#ahead.push({ offset, run });
  }

  /** Messages after an offset, as far as memory reaches back and the log still keeps them (SPEC ROOM-3). */
  recent(after: number, bytes: number): StoredMessage[] | undefined {
    const { count, ageMs } = this.policy.history;
    if (after < this.#head - count) return undefined;
    const messages = this.#tail.after(after, bytes);
    const oldest = messages?.[0];
    return oldest !== undefined && oldest.at < this.host.clock.now() - ageMs ? undefined : messages;
  }

  remember(message: StoredMessage): void {
    if (message.offset === this.#head && this.#tail.isEmpty) this.host.tails.push(this.#tail, message);
  }

  /** The connection's membership; undefined where it has not joined. */
  membership(connection: Connection): Membership | undefined {
    return this.#memberships.get(connection);
  }

  join(connection: Connection, joining: Joining): void {
    const membership = new Membership(connection, this, joining, this.host.reads);
    this.#memberships.set(connection, membership);
    connection.joined(this.name);
    connection.flow.addRequests(1);
    this.whenOpen(() => {
      connection.flow.addRequests(-1);
      if (this.#refusal === undefined) membership.begin();
      else membership.refuse(this.#refusal);
    });
  }

  opened({ epoch, head, attendees }: RoomSnapshot): void {
    this.#epoch = epoch;
    this.#head = head;
    const { presenceGraceMs, membersListed } = this.host.limits;
    this.#presence = new Presence(attendees, this.host.clock, presenceGraceMs, membersListed, () => {
      const update = this.#presence?.drainChanges();
      if (update !== undefined) this.#send([update]);
      this.host.flush();
    });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }

  /** It cannot be opened: its members leave it again. */
  refuse(refusal: Refusal): void {
    this.#refusal = refusal;
    for (const membership of [...this.#memberships.values()]) this.leave(membership);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }

  goLive(membership: Membership): void {
    this.#fanOut.add(membership.connection.socket, membership.encoder, this.#presence?.attendees());
  }

  /** Shows a member who joined to be visible. */
  enter(membership: Membership): void {
    if (!membership.visible || membership.entered) return;
    membership.enter();
    const { connection } = membership;
    const attendee = { key: connection.id, user: connection.user, since: this.host.clock.now() };
    this.host.attend(connection, { kind: "enter", room: this.name, attendee });
  }

  leave(membership: Membership): void {
    const { connection } = membership;
    membership.end();
    this.#memberships.delete(connection);
    connection.left(this.name);
    this.typing.left(connection.user, connection.id);
    if (membership.live) this.#fanOut.remove(connection.socket, membership.encoder);
    if (membership.entered)
      this.host.attend(connection, { kind: "leave", room: this.name, key: connection.id });
  }

  /** Sends one turn's changes to the members, in their order: `FanOut` encodes them. */
  apply(changes: readonly Change[]): void {
    if (this.#presence === undefined) return;
    const updates: Update[] = [];
    for (const change of changes) {
      switch (change.kind) {
        case "message":
          this.#head = change.message.offset;
          this.host.tails.push(this.#tail, change.message);
          updates.push(change);
          break;
        case "event":
          updates.push(change);
          break;
        case "entered":
          this.#presence.enter(change.attendee);
          updates.push(change);
          break;
        case "left": {
          const attendee = this.#presence.leave(change.key);
          if (attendee !== undefined) updates.push({ kind: "left", attendee });
          break;
        }
        default:
          change satisfies never;
      }
    }
    const presence = this.#presence.drainChanges();
    if (presence !== undefined) updates.push(presence);
    this.#send(updates);
    this.#runSent();
  }

  close(): void {
    this.host.tails.remove(this.#tail);
    this.#presence?.close();
  }

  #runSent(): void {
    if (this.#ahead.length === 0) return;
    const ahead = this.#ahead;
    this.#ahead = ahead.filter(({ offset }) => offset > this.#head);
    for (const { offset, run } of ahead) if (offset <= this.#head) run();
  }

  #send(updates: readonly Update[]): void {
    this.#fanOut.send(this.name, updates);
  }
}
