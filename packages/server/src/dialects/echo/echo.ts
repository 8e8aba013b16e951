import type { Hub } from "../../hub/hub.ts";
import type { Link } from "../../hub/ports.ts";
import type { Log } from "../../telemetry/log.ts";
import { Answers } from "../answers.ts";
import type { Dialect, Session } from "../dialect.ts";

/** Characters of a message that are logged. */
const LOGGED = 200;

/** The echo of the seed system: says what it was told, and logs it. */
export function echo(log: Log): Dialect {
  return {
    name: "echo",
    admit: () => ({ ok: true, open: (hub, link) => new EchoSession(hub, link, log) }),
  };
}

class EchoSession implements Session {
  readonly #answers: Answers;

  constructor(
    hub: Hub,
    private readonly link: Link,
    private readonly log: Log,
  ) {
    this.#answers = new Answers(link, hub.bounds.replayAhead);
  }

  receive(frame: string): void {
    this.log.info("echo.received", { text: beginning(frame) });
    this.#answers.put(() => this.link.send(`This is the message received by the server: ${frame}`));
  }

  writable(): void {
    this.#answers.writable();
  }

  closed(): void {}
}

/** Cut between characters; the log escapes it. */
function beginning(text: string): string {
  if (text.length <= LOGGED) return text;
  // A character has two UTF-16 units at most.
  return [...text.slice(0, 2 * LOGGED)].slice(0, LOGGED).join("");
}
