import { isRefused } from "@fanfare/protocol";
import type { Connection } from "../../hub/connection.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Identity } from "../../hub/identity.ts";
import type { Link } from "../../hub/ports.ts";
import { Answers } from "../answers.ts";
import { type Dialect, denied, type Session } from "../dialect.ts";

/** Nobody is told who speaks on this wire. */
const NAMELESS = "guest-";

/** Sends every data frame back as it came, for conformance suites and probes. */
export const mirror: Dialect = {
  name: "mirror",
  admit({ caller, authorizer }) {
    const identity = authorizer.identify(caller, () => NAMELESS);
    if (isRefused(identity)) return denied(identity);
    return { ok: true, open: (hub, link) => new MirrorSession(hub, link, identity) };
  },
};

class MirrorSession implements Session {
  readonly #connection: Connection;
  readonly #answers: Answers;

  constructor(
    private readonly hub: Hub,
    private readonly link: Link,
    identity: Identity,
  ) {
    // It ends with its token, and when that is revoked, like any other (SPEC AUTH-4, AUTH-9).
    this.#connection = hub.connect(link, identity);
    this.#answers = new Answers(link, hub.limits.replayAhead);
  }

  receive(frame: string): void {
    this.#answers.put(() => this.link.send(frame));
  }

  receiveBinary(frame: Uint8Array): void {
    this.#answers.put(() => this.link.sendBinary(frame));
  }

  writable(): void {
    this.#answers.writable();
  }

  closed(): void {
    this.hub.disconnect(this.#connection);
  }
}
