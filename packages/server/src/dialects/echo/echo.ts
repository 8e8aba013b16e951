import { isRefused } from "@fanfare/protocol";
import type { Connection } from "../../hub/connection.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Identity } from "../../hub/identity.ts";
import type { ClientSocket } from "../../hub/ports.ts";
import { LineBudget } from "../../telemetry/line-budget.ts";
import type { Log } from "../../telemetry/log.ts";
import { type Dialect, denied, type Session } from "../dialect.ts";
import { ReplyQueue } from "../reply-queue.ts";

/** Characters of a message that are logged. */
const LOGGED = 200;
/** The wire does not show names. */
const NAMELESS = "guest-";

/** The echo of the seed system: answers each frame with its text, and logs it. */
export function echo(log: Log): Dialect {
  /** Of all its connections together. */
  let budget: LineBudget | undefined;
  return {
    name: "echo",
    admit({ caller, authorizer }) {
      const identity = authorizer.identify(caller, () => NAMELESS);
      if (isRefused(identity)) return denied(identity);
      const open = (hub: Hub, socket: ClientSocket) => {
        budget ??= new LineBudget(hub.limits.echoLines, () => hub.clock.now());
        return new EchoSession(hub, socket, identity, log, budget);
      };
      return { ok: true, open };
    },
  };
}

class EchoSession implements Session {
  readonly #connection: Connection;
  readonly #answers: ReplyQueue;

  constructor(
    private readonly hub: Hub,
    private readonly socket: ClientSocket,
    identity: Identity,
    private readonly log: Log,
    private readonly budget: LineBudget,
  ) {
    // It ends with its token, and when that is revoked, like any other (SPEC AUTH-4, AUTH-9).
    this.#connection = hub.connect(socket, identity);
    this.#answers = new ReplyQueue(socket, hub.limits.replayAhead);
  }

  receive(frame: string): void {
    if (this.#connection.hasExpired()) return;
    const more = this.budget.next();
    if (more !== undefined) this.log.info("echo.received", { text: beginning(frame), ...more });
    this.#answers.put(() => this.socket.send(`This is the message received by the server: ${frame}`));
  }

  writable(): void {
    this.#answers.writable();
  }

  closed(): void {
    this.hub.disconnect(this.#connection);
  }
}

/** Cut between characters; the log escapes it. */
function beginning(text: string): string {
  if (text.length <= LOGGED) return text;
  // A character has two UTF-16 units at most.
  return [...text.slice(0, 2 * LOGGED)].slice(0, LOGGED).join("");
}
