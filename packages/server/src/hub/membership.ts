import type { Refusal } from "@fanfare/protocol";
import type { Connection } from "./connection.ts";
import type { ReadLimiter } from "./read-limiter.ts";
import { type JoinObserver, Replay, type ReplayMember, type ReplayRoom, type ReplayStart } from "./replay.ts";
import type { Encoder } from "./update.ts";

/** How a connection joins a room. */
export interface Joining {
  readonly room: string;
  readonly encoder: Encoder;
  readonly start: ReplayStart;
  /** Whether the member appears in the room's presence. */
  readonly visible: boolean;
  readonly observer: JoinObserver;
}

/** What a membership needs of its room. */
export interface MembershipRoom extends ReplayRoom {
  /** Subscribes a member who has caught up to the live topic. */
  goLive(membership: Membership): void;
}

/** One connection in one room: first it catches up, then it is live. */
export class Membership implements ReplayMember {
  readonly encoder: Encoder;
  /** Whether it is seen by others. */
  readonly visible: boolean;
  /** Both undefined once the member is live, which saves memory: most members are. */
  #replay: Replay | undefined;
  #observer: JoinObserver | undefined;
  #ended = false;
  #entered = false;

  constructor(
    readonly connection: Connection,
    private readonly room: MembershipRoom,
    { encoder, visible, start, observer }: Joining,
    reads: ReadLimiter,
  ) {
    this.encoder = encoder;
    this.visible = visible;
    this.#observer = observer;
    this.#replay = new Replay(room, this, start, observer, reads);
  }

  get live(): boolean {
    return this.#replay === undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether its `enter` has been sent to the engine. */
  get entered(): boolean {
    return this.#entered;
  }

  /** The room is open: its epoch and head are known. */
  begin(): void {
    if (!this.connection.closed) this.#replay?.begin();
  }

  /** The room cannot be opened. */
  refuse(refusal: Refusal): void {
    if (!this.connection.closed) this.#observer?.refused(refusal);
  }

  enqueue(step: () => Promise<void> | undefined): void {
    this.connection.flow.enqueue(step);
  }

  get reader(): string {
    return this.connection.reader;
  }

  scanned(messages: number): void {
    this.connection.socket.charge?.("scanned", messages);
  }

  /** Called in the same synchronous step in which the replay reaches the room's head. */
  goLive(): void {
    this.#replay = undefined;
    this.#observer = undefined;
    this.room.goLive(this);
  }

  enter(): void {
    this.#entered = true;
  }

  end(): void {
    this.#ended = true;
  }
}
