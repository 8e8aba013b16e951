/**
 * WebSocket close codes (RFC 6455 section 7.4). 4000–4499: reconnect and resume. 4500–4999: do not reconnect
 * before something has changed. A bare 1006 means reconnect and resume, too (SPEC CLOSE-1).
 */
export const CLOSE = {
  goingAway: { code: 1001, reason: "server is stopping" },
  badData: { code: 1007, reason: "" },
  refused: { code: 1008, reason: "" },
  tooBig: { code: 1009, reason: "frame is too large" },
  fault: { code: 1011, reason: "internal error; resume" },
  tryLater: { code: 1013, reason: "" },

  stalled: { code: 4000, reason: "no progress for too long; resume" },
  silent: { code: 4001, reason: "nothing heard for too long; resume" },
  /** Not sent any more: a room whose log cannot be read is left (SPEC GAP-4). */
  unavailable: { code: 4002, reason: "the log cannot be read right now; resume" },
  expired: { code: 4003, reason: "the token has expired; come back with a new one" },

  helloTimeout: { code: 4500, reason: "no hello in time" },
  revoked: { code: 4501, reason: "the token was revoked" },
  flooding: { code: 4502, reason: "far past a rate" },
} as const satisfies Record<string, CloseFrame>;

export interface CloseFrame {
  readonly code: number;
  /** At most 123 bytes of UTF-8. */
  readonly reason: string;
}

/** Whether a client reconnects after a close (SPEC CLOSE-1). */
export function shouldReconnect(code: number): boolean {
  if (code >= 4000) return code < 4500;
  return code === 1001 || code === 1005 || code === 1006 || code === 1011 || code === 1012 || code === 1013;
}
