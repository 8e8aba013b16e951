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
import { FanfareError } from "./errors.ts";
import { ANSWERS, answers, type RoomFrame } from "./frames.ts";
import { Cell } from "./value.ts";

/** `refused` says why; `joining` also while a break lasts, and why it was put off, if it was: `room_full`, say. */
export type RoomState =
  | { readonly status: "idle" | "live" | "left" }
  | { readonly status: "joining"; readonly error?: FanfareError }
  | { readonly status: "refused"; readonly error: FanfareError };

export interface JoinOptions {
  /** Begin with the last so many messages, at most 1,000. */
  readonly history?: number | undefined;
  /** Be seen, and see who is there. */
  readonly presence?: boolean | undefined;
  /** Messages and events of these types alone; `typing` is let through as well. At most 15. */
  readonly types?: readonly string[] | undefined;
}

/** Everything that is told of a room while one is in it, each once and in order. */
export interface MembershipEvents {
  readonly message: (frame: MessageFrame) => void;
  readonly event: (frame: EventFrame) => void;
  readonly presence: (frame: PresenceFrame) => void;
  readonly reset: (frame: ResetFrame) => void;
  /** Caught up, after so many messages. */
  readonly live: (frame: LiveFrame, messages: number) => void;
  /** Not live any more; what is ephemeral is not known any more. */
  readonly away: () => void;
}

/** Where a pattern, which has no log, is resumed from (SPEC JOIN-7). */
const NOWHERE: Position = { epoch: "", offset: 0 };
/** Ms before a join that may succeed later is tried again. */
const REJOIN = { min: 1_000, max: 32_000 };

/**
 * Being in one room, or in all rooms of a pattern, over any number of connections: joins on each, after the last
 * message that was told, and hands on what comes exactly once.
 */
export class Membership {
  readonly state = new Cell<RoomState>({ status: "idle" });
  #position: Position | undefined;
  /** Of the log that is being read. */
  #epoch = "";
  #wanted = false;
  /** The join that counts: what is answered to an older one is not meant for us any more. */
  #life = 0;
  #asked = false;
  /** Whether the join that counts was answered: what comes belongs to it. */
  #joined = false;
  #told = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  readonly #isPattern: boolean;

  constructor(
    readonly name: string,
    private readonly options: () => JoinOptions,
    /** The one that is open now. */
    private readonly connection: () => Connection | undefined,
    private readonly events: MembershipEvents,
  ) {
    this.#isPattern = name.endsWith("*");
  }

  /** Everything up to here has been told. */
  get position(): Position | undefined {
    return this.#isPattern ? undefined : this.#position;
  }

  get live(): boolean {
    return this.state.value.status === "live" && this.#joined;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  want(): void {
    if (this.#wanted) {
      if (this.state.value.status === "refused") this.state.set({ status: "joining" });
      return;
    }
    this.#wanted = true;
    this.#position = undefined;
    this.#told = 0;
    this.state.set({ status: "joining" });
    this.#join();
  }

  leave(): void {
    if (!this.#wanted) return;
    if (this.#asked) this.connection()?.request({ op: "leave", room: this.name }, () => {});
    this.#end({ status: "left" });
  }

  online(): void {
    if (this.#wanted) this.state.set({ status: "joining" });
    this.#join();
  }

  offline(): void {
    this.#pause();
    if (this.#wanted) this.state.set({ status: "joining" });
  }

  take(frame: RoomFrame): void {
    if (!this.#joined) return;
    if (frame.op === "message") this.#message(frame);
    else if (frame.op === "event") this.events.event(frame);
    else if (frame.op === "presence") this.events.presence(frame);
    else if (frame.op === "reset") {
      this.#position = this.#isPattern
        ? NOWHERE
        : { epoch: frame.epoch, offset: Math.max(0, frame.oldest - 1) };
      this.events.reset(frame);
    } else if (frame.op === "left") this.refuse(FanfareError.from(frame));
    else {
      this.#reach(frame.offset);
      this.state.set({ status: "live" });
      this.events.live(frame, this.#told);
    }
  }

  /** The link was turned away: it goes on from here once there is another one. */
  suspend(error: FanfareError): void {
    if (!this.#wanted) return;
    this.#pause();
    this.state.set({ status: "refused", error });
  }

  /** Not to be joined, not before it is wanted again. */
  refuse(error: FanfareError): void {
    if (this.#wanted) this.#end({ status: "refused", error });
  }

  #join(): void {
    clearTimeout(this.#retry);
    const connection = this.connection();
    if (connection === undefined || !this.#wanted || this.#asked) return;
    const life = ++this.#life;
    this.#asked = true;
    const { history, presence, types } = this.options();
    const after = this.#position;
    const request = {
      op: "join",
      room: this.name,
      ...(after !== undefined ? { after } : history !== undefined && { history }),
      ...(presence === true && { presence }),
      ...(types !== undefined && { types: [...new Set([...types, "typing"])] }),
    } as const;
    connection.request(request, (reply) => {
      if (reply === undefined || life !== this.#life) return;
      if (reply.op === "error") {
        this.#asked = false;
        return this.#refused(FanfareError.from(reply));
      }
      if (!answers(reply, ANSWERS.join)) return connection.cut("the server sent a malformed answer");
      this.#joined = true;
      this.#attempt = 0;
      this.#told = 0;
      if (this.#isPattern) this.#position = NOWHERE;
      else this.#epoch = (reply as JoinReply).epoch;
    });
  }

  #message(frame: MessageFrame): void {
    if (!this.#isPattern) {
      const last = this.#position?.offset;
      if (last !== undefined && frame.offset <= last) return;
      if (last !== undefined && this.options().types === undefined && frame.offset !== last + 1) {
        this.connection()?.cut(`messages of ${this.name} were left out`);
        return;
      }
      this.#reach(frame.offset);
    }
    this.#told += 1;
    this.events.message(frame);
  }

  #reach(offset: number): void {
    if (this.#isPattern) return;
    const last = this.#position;
    if (last !== undefined && offset <= last.offset) return;
    this.#position = { epoch: last?.epoch ?? this.#epoch, offset };
  }

  #refused(error: FanfareError): void {
    if (!error.retry) {
      this.refuse(error);
      return;
    }
    const delay = backoffDelay(REJOIN, this.#attempt++);
    this.#retry = setTimeout(() => this.#join(), delay);
    this.state.set({ status: "joining", error });
  }

  #end(state: RoomState): void {
    this.#wanted = false;
    this.#pause();
    this.state.set(state);
  }

  #pause(): void {
    clearTimeout(this.#retry);
    this.#life += 1;
    this.#asked = false;
    if (!this.#joined) return;
    this.#joined = false;
    this.events.away();
  }
}
