import { FanfareError } from "./errors.ts";
import { fits, type Reply, type Request, type Shape } from "./frames.ts";
import type { Abortable } from "./listeners.ts";
import type { Reconnector } from "./reconnector.ts";
import { WritableValue } from "./value.ts";

/** Requests that may wait for their replies. */
const MOST_WAITING = 1_000;

/** Sends requests that change nothing, and sends them again over the next connection if one breaks. */
export class Requests {
  #waiting = 0;
  readonly #reconnector: Reconnector;

  constructor(reconnector: Reconnector) {
    this.#reconnector = reconnector;
  }

  /** @throws {FanfareError} the server's error, `bad_answer`, or `closed`; the signal's reason */
  async send<T>(request: Request, shape: Shape, options: Abortable = {}): Promise<T> {
    if (this.#waiting >= MOST_WAITING)
      throw new FanfareError("too_many_requests", "Too many requests wait.", true);
    this.#waiting += 1;
    try {
      for (;;) {
        await this.#reconnector.online(options);
        const reply = new WritableValue<Reply | undefined | null>(null);
        const { connection } = this.#reconnector;
        if (connection === undefined) continue;
        connection.request(request, (received) => reply.set(received));
        await reply.until((received) => received !== null, options);
        const { value } = reply;
        if (!value) continue;
        if (value.op === "error") throw FanfareError.from(value);
        if (!fits(value, shape)) throw new FanfareError("bad_answer", `This is no answer to ${request.op}.`);
        return value as T;
      }
    } finally {
      this.#waiting -= 1;
    }
  }
}
