import type { Hub } from "../../hub/hub.ts";
import type { Link } from "../../hub/ports.ts";
import { Answers } from "../answers.ts";
import type { Dialect, Session } from "../dialect.ts";

/** Sends every data frame back as it came, for conformance suites and probes. */
export const mirror: Dialect = {
  name: "mirror",
  admit: () => ({ ok: true, open: (hub, link) => new MirrorSession(hub, link) }),
};

class MirrorSession implements Session {
  readonly #answers: Answers;

  constructor(
    hub: Hub,
    private readonly link: Link,
  ) {
    this.#answers = new Answers(link, hub.bounds.replayAhead);
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

  closed(): void {}
}
