import {
  backoffDelay,
  type EventFrame,
  type JoinReply,
  type LiveFrame,
  type MessageFrame,
  type Position,
  type PresenceFrame,
  type ResetFrame,
} from "@fanfare/protocol";
import type { Connection } from "./connection.ts";
import { FanfareError, MALFORMED } from "./errors.ts";
import { ANSWERS, answers, type RoomFrame } from "./frames.ts";
import type { Lifetime } from "./lifetime.ts";
import { WritableValue } from "./value.ts";

/** `joining` lasts through breaks; its `error` says why the server put the join off (`room_full`, say). */
export type RoomState =
  | { readonly status: "idle" | "live" | "left" }
  | { readonly status: "joining"; readonly error?: FanfareError }
  | { readonly status: "refused"; readonly error: FanfareError };

export interface JoinOptions {
  /** Receive this many of the last messages first, at most 1,000. */
  readonly history?: number | undefined;
  /** Be listed as a member, and receive the list of members. */
  readonly presence?: boolean | undefined;
  /** Receive only messages and events of these types, and `typing` events. At most 15. */
  readonly types?: readonly string[] | undefined;
}

/** What the server sends about a joined room, each frame once and in order. */
export interface MembershipEvents {
  readonly message: (frame: MessageFrame) => void;
  readonly event: (frame: EventFrame) => void;
  readonly presence: (frame: PresenceFrame) => void;
  readonly reset: (frame: ResetFrame) => void;
  /** The past has been sent; `messages` is how many messages came since the join. */
  readonly live: (frame: LiveFrame, messages: number) => void;
  /** The room is not live any more: ephemeral state is unknown. */
  readonly away: () => void;
}

/** A pattern has no log; this position resumes it (SPEC JOIN-7). */
const PATTERN_POSITION: Position = { epoch: "", offset: 0 };
/** Ms before a join that may succeed later is tried again. */
const REJOIN = { min: 1_000, max: 32_000 };

/**
 * The membership in one room, or in all rooms of a pattern, over any number of connections: joins on each connection
 * after the last message that was received, and hands on every frame exactly once.
 */
export class Membership {
  readonly state: WritableValue<RoomState>;
  #position: Position | undefined;
  /** Of the message at the position, if it was received (SPEC JOIN-9). */
  #id: string | undefined;
  /** Of the log that is being replayed. */
  #epoch = "";
  #isJoined = false;
  /** Counts joins: replies to older ones are ignored. */
  #generation = 0;
  #sent = false;
  /** Whether the server has confirmed the present join. */
  #confirmed = false;
  #received = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  readonly #isPattern: boolean;
  readonly #options: () => JoinOptions;
  readonly #connection: () => Connection | undefined;
  readonly #events: MembershipEvents;

  constructor(
    readonly name: string,
    options: () => JoinOptions,
    /** The open one. */
    connection: () => Connection | undefined,
    events: MembershipEvents,
    lifetime: Lifetime,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#events = events;
    this.state = new WritableValue<RoomState>({ status: "idle" }, lifetime);
    this.#isPattern = name.endsWith("*");
  }

  /** The position of the last message received. */
  get position(): Position | undefined {
    return this.#isPattern ? undefined : this.#position;
  }

  get live(): boolean {
    return this.state.value.status === "live" && this.#confirmed;
  }

  /** Whether the application has joined, online or not. */
  get isJoined(): boolean {
    return this.#isJoined;
  }

  join(): void {
    if (this.#isJoined) {
      if (this.state.value.status === "refused") this.state.set({ status: "joining" });
      return;
    }
    this.#isJoined = true;
    this.#position = undefined;
    this.#id = undefined;
    this.#received = 0;
    this.state.set({ status: "joining" });
    this.#sendJoin();
  }

  leave(): void {
    if (!this.#isJoined) return;
    if (this.#sent) this.#connection()?.request({ op: "leave", room: this.name }, () => {});
    this.#end({ status: "left" });
  }

  onOnline(): void {
    if (this.#isJoined) this.state.set({ status: "joining" });
    this.#sendJoin();
  }

  onOffline(): void {
    this.#pause();
    if (this.#isJoined) this.state.set({ status: "joining" });
  }

  receive(frame: RoomFrame): void {
    if (!this.#confirmed) return;
    if (frame.op === "message") this.#message(frame);
    else if (frame.op === "event") this.#events.event(frame);
    else if (frame.op === "presence") this.#events.presence(frame);
    else if (frame.op === "reset") {
      this.#position = this.#isPattern
        ? PATTERN_POSITION
        : { epoch: frame.epoch, offset: Math.max(0, frame.oldest - 1) };
      this.#id = undefined;
      this.#events.reset(frame);
    } else if (frame.op === "left") {
      this.#pause();
      this.#onJoinError(FanfareError.from(frame));
    } else {
      this.#advance(frame.offset);
      this.#attempt = 0;
      this.state.set({ status: "live" });
      this.#events.live(frame, this.#received);
    }
  }

  /** The client was closed: the membership resumes once it is online again. */
  suspend(error: FanfareError): void {
    if (!this.#isJoined) return;
    this.#pause();
    this.state.set({ status: "refused", error });
  }

  /** Ends the membership with an error. */
  refuse(error: FanfareError): void {
    if (this.#isJoined) this.#end({ status: "refused", error });
  }

  #sendJoin(): void {
    clearTimeout(this.#retry);
    const connection = this.#connection();
    if (connection === undefined || !this.#isJoined || this.#sent) return;
    const generation = ++this.#generation;
    this.#sent = true;
    const { history, presence, types } = this.#options();
    const after = this.#position && { ...this.#position, ...(this.#id !== undefined && { id: this.#id }) };
    const request = {
      op: "join",
      room: this.name,
      ...(after !== undefined ? { after } : history !== undefined && { history }),
      ...(presence === true && { presence }),
      ...(types !== undefined && { types: [...new Set([...types, "typing"])] }),
    } as const;
    connection.request(request, (reply) => {
      if (reply === undefined || generation !== this.#generation) return;
      if (reply.op === "error") {
        this.#sent = false;
        return this.#onJoinError(FanfareError.from(reply));
      }
      if (!answers(reply, ANSWERS.join)) return connection.terminate(MALFORMED);
      this.#confirmed = true;
      this.#received = 0;
      if (this.#isPattern) this.#position = PATTERN_POSITION;
      else this.#epoch = (reply as JoinReply).epoch;
    });
  }

  #message(frame: MessageFrame): void {
    if (!this.#isPattern) {
      const last = this.#position?.offset;
      if (last !== undefined && frame.offset <= last) return;
      if (last !== undefined && this.#options().types === undefined && frame.offset !== last + 1) {
        this.#connection()?.terminate(`messages of ${this.name} were left out`);
        return;
      }
      this.#advance(frame.offset, frame.id);
    }
    this.#received += 1;
    this.#events.message(frame);
  }

  #advance(offset: number, id?: string): void {
    if (this.#isPattern) return;
    const last = this.#position;
    if (last !== undefined && offset <= last.offset) return;
    this.#position = { epoch: last?.epoch ?? this.#epoch, offset };
    this.#id = id;
  }

  #onJoinError(error: FanfareError): void {
    if (!error.retry) {
      this.refuse(error);
      return;
    }
    const delay = backoffDelay(REJOIN, this.#attempt++);
    this.#retry = setTimeout(() => this.#sendJoin(), delay);
    this.state.set({ status: "joining", error });
  }

  #end(state: RoomState): void {
    this.#isJoined = false;
    this.#pause();
    this.state.set(state);
  }

  #pause(): void {
    clearTimeout(this.#retry);
    this.#generation += 1;
    this.#sent = false;
    if (!this.#confirmed) return;
    this.#confirmed = false;
    this.#events.away();
  }
}
