import type { ErrorFrame } from "@fanfare/protocol";

/** Why a connection ended that this side closed. */
export const CLOSED = "closed by this client";
/** Why a connection ended whose server sent what the protocol does not have. */
export const MALFORMED = "the server sent a malformed frame";

/**
 * An error of the SDK. `code` is the name of a server's error (SPEC section 6), or one of the client's own:
 * `closed`, `outbox_full`, `outbox_failed`, `other_user`, `invalid`, `overflow`, `bad_answer`, `token_failed`,
 * `no_websocket`, `invalid_url`, `too_many_requests`. `number` is the server's number of the error; `retry` says whether the
 * same call may succeed later.
 */
export class FanfareError extends Error {
  override readonly name = "FanfareError";
  declare readonly number?: number;
  /**
   * Of a publish: `not_kept`, and the client does not send it again; or `unknown`: it was sent, or is still in the outbox,
   * so the server may have kept it or may keep it later.
   */
  declare readonly outcome?: "not_kept" | "unknown";

  constructor(
    readonly code: string,
    message: string,
    readonly retry = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** @internal */
  static from({ name, message, retry, code }: Omit<ErrorFrame, "op">): FanfareError {
    return Object.assign(new FanfareError(name, message, retry), code > 0 && { number: code });
  }

  /** @internal The error of one publish. */
  withOutcome(outcome: "not_kept" | "unknown"): FanfareError {
    // As its options this error passes its cause on, if it has one.
    return Object.assign(new FanfareError(this.code, this.message, this.retry, this), this, { outcome });
  }
}
