import type { Limits } from "../config/limits.ts";
import type { Policy } from "../config/policy.ts";
import type { Change, RoomEvent, RoomSnapshot, StoredMessage } from "../engines/engine.ts";
import { Attendance } from "./attendance.ts";
import { FanOut } from "./fan-out.ts";
import type { Membership } from "./membership.ts";
import type { Broadcast, Clock } from "./ports.ts";
import { Presence } from "./presence.ts";
import { Tail, type Tails } from "./tail.ts";
import { Typing } from "./typing.ts";
import type { Update } from "./update.ts";

/** What a room needs of its hub. */
export interface RoomHost {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly broadcast: Broadcast;
  readonly tails: Tails;
  relay(room: string, event: RoomEvent): void;
  /** A live member is to be seen from now on. */
  enter(membership: Membership): void;
  /** Runs at the end of a turn in which the room spoke up by itself. */
  flush(): void;
}

/**
 * Past so many places in one turn, comings and goings are told at its end: one who does nothing else must not
 * make a room of 500 repeat its list for every word.
 */
const PLACES = 8;

/** A room that somebody on this node is in. It opens when the engine has told where its log stands. */
export class Room {
  readonly #memberships = new Set<Membership>();
  readonly #fanOut: FanOut;
  readonly #tail = new Tail();
  #waiting: (() => void)[] = [];
  #ahead: { readonly offset: number; readonly run: () => void }[] = [];
  readonly typing: Typing;
  #epoch = "";
  #head = 0;
  #attendance: Attendance | undefined;
  #presence: Presence | undefined;

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

  get epoch(): string {
    return this.#epoch;
  }

  /** Offset of the newest message told on this node. */
  get head(): number {
    return this.#head;
  }

  get size(): number {
    return this.#memberships.size;
  }

  /** Connections that are seen here, over all nodes. */
  get attending(): number {
    return this.#attendance?.count ?? 0;
  }

  get presence(): Presence | undefined {
    return this.#presence;
  }

  /** Runs at once, or as soon as the room is open; in the order of the calls. */
  whenOpen(run: () => void): void {
    if (this.open) run();
    else this.#waiting.push(run);
  }

  /** Runs once the message at `offset`, kept already, has been told on this node. */
  whenDelivered(offset: number, run: () => void): void {
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

  add(membership: Membership): void {
    this.#memberships.add(membership);
    this.whenOpen(() => membership.begin());
  }

  opened({ epoch, head, attendees }: RoomSnapshot): void {
    this.#epoch = epoch;
    this.#head = head;
    this.#attendance = new Attendance(attendees);
    this.#presence = new Presence(attendees, this.host.clock, this.host.limits.presenceGraceMs, () => {
      const update = this.#presence?.take();
      if (update !== undefined) this.#tell([update]);
      this.host.flush();
    });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }

  /** Puts a member who has caught up on the live topic. */
  welcome(membership: Membership): void {
    this.#fanOut.add(membership.connection.socket, membership.encoder);
    if (membership.visible) this.host.enter(membership);
  }

  remove(membership: Membership): void {
    membership.end();
    this.#memberships.delete(membership);
    if (membership.live) this.#fanOut.remove(membership.connection.socket, membership.encoder);
  }

  /** One turn's changes, in their order. */
  apply(changes: readonly Change[]): void {
    if (this.#attendance === undefined || this.#presence === undefined) return;
    const updates: Update[] = [];
    let places = 0;
    /** Comings and goings keep their place among what is said. */
    const keepPlace = () => {
      if (places < PLACES && this.#takeAttendance(updates)) places++;
    };
    for (const change of changes) {
      switch (change.kind) {
        case "message":
          keepPlace();
          this.#head = change.message.offset;
          this.host.tails.push(this.#tail, change.message);
          updates.push(change);
          break;
        case "event":
          keepPlace();
          updates.push(change);
          break;
        case "entered":
          this.#attendance.enter(change.attendee);
          this.#presence.enter(change.attendee);
          break;
        case "left": {
          const attendee = this.#attendance.leave(change.key);
          if (attendee !== undefined) this.#presence.leave(attendee);
          break;
        }
        default:
          change satisfies never;
      }
    }
    this.#takeAttendance(updates);
    const presence = this.#presence.take();
    if (presence !== undefined) updates.push(presence);
    this.#tell(updates);
    this.#replay();
  }

  close(): void {
    this.host.tails.remove(this.#tail);
    this.#presence?.close();
  }

  #replay(): void {
    if (this.#ahead.length === 0) return;
    const ahead = this.#ahead;
    this.#ahead = ahead.filter(({ offset }) => offset > this.#head);
    for (const { offset, run } of ahead) if (offset <= this.#head) run();
  }

  /** @returns whether anything had changed. */
  #takeAttendance(updates: Update[]): boolean {
    const update = this.#attendance?.take();
    if (update !== undefined) updates.push(update);
    return update !== undefined;
  }

  #tell(updates: readonly Update[]): void {
    this.#fanOut.send(this.name, updates);
  }
}
