import { FanfareError } from "./errors.ts";
import { fits, type Reply, type Request, type Shape } from "./frames.ts";
import type { Link } from "./link.ts";
import { type Abortable, Cell } from "./value.ts";

/** Questions that wait for an answer, at most. */
const MOST = 1_000;

/** Questions that may be asked twice: whoever asks while the link is down, or loses it, is answered by the next one. */
export class Requests {
  #open = 0;

  constructor(private readonly link: Link) {}

  /** @throws {FanfareError} what the server refused, `bad_answer`, or `closed`; the signal's reason */
  async ask<T>(request: Request, shape: Shape, options: Abortable = {}): Promise<T> {
    if (this.#open >= MOST) throw new FanfareError("too_many_requests", "Too many requests wait.", true);
    this.#open += 1;
    try {
      for (;;) {
        await this.link.online(options);
        const answer = new Cell<Reply | undefined | null>(null);
        const { connection } = this.link;
        if (connection === undefined) continue;
        connection.request(request, (reply) => answer.set(reply));
        await answer.until((reply) => reply !== null, options);
        const { value } = answer;
        if (!value) continue;
        if (value.op === "error") throw FanfareError.from(value);
        if (!fits(value, shape)) throw new FanfareError("bad_answer", `This is no answer to ${request.op}.`);
        return value as T;
      }
    } finally {
      this.#open -= 1;
    }
  }
}
