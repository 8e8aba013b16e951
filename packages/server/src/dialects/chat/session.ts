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

/** One chat client. Its frames are published in its room, once the members have been shown that it is there. */
export class ChatSession implements Session {
  readonly #connection: Connection;
  /** Frames that came before it entered the room; undefined from then on. */
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
      observer: new ChatJoinObserver(socket, encoder, view.people, () => this.#enter()),
    });
    if (refusal !== undefined) closeRefused(socket, refusal);
  }

  receive(frame: string): void {
    if (this.#early === undefined) {
      this.#publish(frame);
      return;
    }
    this.#early.push(frame);
    this.#connection.flow.addUncommitted(Buffer.byteLength(frame));
  }

  writable(): void {
    this.#connection.flow.writable();
  }

  closed(): void {
    // What it sent has a sender for the others, even if it never got to see the room (SPEC CHAT-5).
    if (this.#early !== undefined && this.#early.length > 0) this.#enter();
    this.hub.disconnect(this.#connection);
  }

  #enter(): void {
    this.hub.enter(this.#connection, this.admission.room);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const frame of early) {
      this.#connection.flow.addUncommitted(-Buffer.byteLength(frame));
      this.#publish(frame);
    }
  }

  #publish(frame: string): void {
    const publishing = { room: this.admission.room, type: CHAT, data: JSON.stringify({ text: frame }) };
    const refusal = this.hub.publish(this.#connection, publishing, (outcome) => {
      if (outcome.kind !== "kept") closeRefused(this.socket, refuse("unavailable"));
    });
    if (refusal !== undefined) closeRefused(this.socket, refusal);
  }
}
