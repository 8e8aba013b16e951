import { refuse } from "@fanfare/protocol";
import type { Connection } from "../../hub/connection.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Identity } from "../../hub/identity.ts";
import type { ClientSocket } from "../../hub/ports.ts";
import type { ReplayStart } from "../../hub/replay.ts";
import { closeRefused } from "../close-refused.ts";
import type { Session } from "../dialect.ts";
import { CHAT, ChatEncoder, type ChatView } from "./encoder.ts";
import { ChatJoinObserver } from "./join-observer.ts";

export interface ChatAdmission {
  /** Full name, prefix included. */
  readonly room: string;
  readonly identity: Identity;
  readonly start: ReplayStart;
  readonly view: ChatView;
}

/** One chat client. Whatever it sends is said in its room, once it is announced there. */
export class ChatSession implements Session {
  readonly #connection: Connection;
  /** What it said before it was in the room; undefined from then on. */
  #early: string[] | undefined = [];

  constructor(
    private readonly hub: Hub,
    private readonly socket: ClientSocket,
    private readonly admission: ChatAdmission,
  ) {
    const { room, identity, start, view } = admission;
    this.#connection = hub.connect(socket, identity);
    const encoder = new ChatEncoder(view);
    const refusal = hub.join(this.#connection, {
      room,
      start,
      visible: view.people,
      encoder,
      observer: new ChatJoinObserver(socket, encoder, view.people, () => this.#catchUpOnWords()),
    });
    if (refusal !== undefined) closeRefused(socket, refusal);
  }

  receive(frame: string): void {
    if (this.#early === undefined) {
      this.#say(frame);
      return;
    }
    this.#early.push(frame);
    this.#connection.addUncommitted(Buffer.byteLength(frame));
  }

  writable(): void {
    this.#connection.writable();
  }

  closed(): void {
    if (this.#early !== undefined && this.#early.length > 0) {
      this.hub.appear(this.#connection, this.admission.room);
      this.#catchUpOnWords();
    }
    this.hub.disconnect(this.#connection);
  }

  #catchUpOnWords(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const frame of early) {
      this.#connection.addUncommitted(-Buffer.byteLength(frame));
      this.#say(frame);
    }
  }

  #say(frame: string): void {
    const publishing = { room: this.admission.room, type: CHAT, data: JSON.stringify({ text: frame }) };
    const refusal = this.hub.publish(this.#connection, publishing, (outcome) => {
      if (outcome.kind !== "kept") closeRefused(this.socket, refuse("unavailable"));
    });
    if (refusal !== undefined) closeRefused(this.socket, refusal);
  }
}
