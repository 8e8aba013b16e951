import type { Connection } from "./connection.ts";
import { FanfareError } from "./errors.ts";
import { fits, type Reply, type Request } from "./frames.ts";
import type { Abortable } from "./value.ts";

type Shape = Parameters<typeof fits>[1];
interface Question {
  readonly request: Request;
  readonly shape: Shape;
  readonly settle: (reply: Reply | undefined, error?: unknown) => void;
}

/** Questions that wait for a connection or for an answer, at most. */
const MOST = 1_000;

/** Questions that may be asked twice: whoever asks while the link is down, or loses it, is answered by the next one. */
export class Requests {
  readonly #open = new Set<Question>();
  #connection: Connection | undefined;

  online(connection: Connection): void {
    this.#connection = connection;
    for (const question of this.#open) this.#ask(question);
  }

  offline(): void {
    this.#connection = undefined;
  }

  /** Nobody will answer. */
  fail(error: FanfareError): void {
    for (const { settle } of [...this.#open]) settle(undefined, error);
  }

  /** @throws {FanfareError} what the server refused, or `bad_answer`; the signal's reason */
  async ask<T>(request: Request, shape: Shape, { signal }: Abortable = {}): Promise<T> {
    signal?.throwIfAborted();
    if (this.#open.size >= MOST) {
      throw new FanfareError("too_many_requests", `${MOST} requests wait for an answer already.`, true);
    }
    return new Promise<T>((resolve, reject) => {
      const abort = () => question.settle(undefined, signal?.reason);
      const question: Question = {
        request,
        shape,
        settle: (reply, error) => {
          this.#open.delete(question);
          signal?.removeEventListener("abort", abort);
          if (reply === undefined) reject(error);
          else if (reply.op === "error") reject(FanfareError.from(reply));
          else if (!fits(reply, shape)) {
            reject(new FanfareError("bad_answer", `The server answered ${request.op} with something else.`));
          } else resolve(reply as T);
        },
      };
      signal?.addEventListener("abort", abort);
      this.#open.add(question);
      this.#ask(question);
    });
  }

  #ask(question: Question): void {
    this.#connection?.request(question.request, (reply) => {
      if (reply !== undefined && this.#open.has(question)) question.settle(reply);
    });
  }
}
