import type { ErrorFrame } from "@fanfare/protocol";

/**
 * An error of the SDK. `code` is the name of a server's error (SPEC section 6), or one of the client's own:
 * `closed`, `offline`, `outbox_full`, `outbox_failed`, `other_user`, `invalid`, `overflow`, `bad_answer`,
 * `too_many_requests`. `number` is the server's number of the error; `retry` says whether the same call may succeed later.
 */
export class FanfareError extends Error {
  override readonly name = "FanfareError";
  readonly number?: number;

  constructor(
    readonly code: string,
    message: string,
    readonly retry = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static from({ name, message, retry, code }: Omit<ErrorFrame, "op">): FanfareError {
    return Object.assign(new FanfareError(name, message, retry), { number: code });
  }
}

/** Reports what a listener threw the way the platform reports uncaught errors; other listeners are not affected. */
export function reportListenerError(error: unknown): void {
  if (typeof globalThis.reportError === "function") globalThis.reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
