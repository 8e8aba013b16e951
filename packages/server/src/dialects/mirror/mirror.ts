import { isRefused } from "@fanfare/protocol";
import type { Connection } from "../../hub/connection.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Identity } from "../../hub/identity.ts";
import type { ClientSocket } from "../../hub/ports.ts";
import { type Dialect, denied, type Session } from "../dialect.ts";
import { ReplyQueue } from "../reply-queue.ts";

/** The wire does not show names. */
const NAMELESS = "guest-";

/** Sends every data frame back as it came, for conformance suites and probes. */
export const mirror: Dialect = {
  name: "mirror",
  admit({ caller, authorizer }) {
    const identity = authorizer.identify(caller, () => NAMELESS);
    if (isRefused(identity)) return denied(identity);
    return { ok: true, open: (hub, socket) => new MirrorSession(hub, socket, identity) };
  },
};

class MirrorSession implements Session {
  readonly #connection: Connection;
  readonly #answers: ReplyQueue;

  constructor(
    private readonly hub: Hub,
    private readonly socket: ClientSocket,
    identity: Identity,
  ) {
    // It ends with its token, and when that is revoked, like any other (SPEC AUTH-4, AUTH-9).
    this.#connection = hub.connect(socket, identity);
    this.#answers = new ReplyQueue(socket, hub.limits.replayAhead);
  }

  receive(frame: string): void {
    if (this.#connection.hasExpired()) return;
    this.#answers.put(() => this.socket.send(frame));
  }

  receiveBinary(frame: Uint8Array): void {
    if (this.#connection.hasExpired()) return;
    this.#answers.put(() => this.socket.sendBinary(frame));
  }

  writable(): void {
    this.#answers.writable();
  }

  closed(): void {
    this.hub.disconnect(this.#connection);
  }
}
