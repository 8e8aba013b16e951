/**
 * Every error that the server replies with: number, whether the same request may succeed later, and a sentence.
 * Numbers are stable and never reused (SPEC ERR-1); hundreds group them by what the client got wrong.
 */
export const ERRORS = {
  malformed: { code: 100, retry: false, message: "A frame is a JSON object, or an array of them." },
  unknown_op: { code: 101, retry: false, message: "This op does not exist." },
  bad_request: { code: 102, retry: false, message: "A field is missing or has a wrong value." },
  hello_required: { code: 103, retry: false, message: "The first request on a connection is hello." },
  already_greeted: { code: 104, retry: false, message: "hello was said already on this connection." },
  too_deep: { code: 105, retry: false, message: "The JSON is nested too deeply." },
  data_too_large: { code: 106, retry: false, message: "The data is larger than this room takes." },

  forbidden: { code: 200, retry: false, message: "You may not do this in this room." },
  unauthorized: { code: 201, retry: false, message: "The token is missing, or the server refuses it." },

  too_many_rooms: { code: 300, retry: false, message: "This connection is in as many rooms as it may be." },
  room_full: { code: 301, retry: true, message: "The room has as many members as it may have." },

  not_joined: { code: 400, retry: false, message: "This connection is not in the room." },
  already_joined: { code: 401, retry: false, message: "This connection is in the room already." },
  epoch_mismatch: { code: 402, retry: false, message: "The room's log is not the one you speak of." },

  conflict: { code: 500, retry: false, message: "This id or number was used for another message." },
  out_of_sequence: { code: 501, retry: false, message: "This number leaves a gap behind the last one kept." },
  number_too_old: { code: 502, retry: false, message: "This number was used too long ago to compare." },
  unknown_publisher: {
    code: 503,
    retry: false,
    message: "Nothing is known of this publisher in this room, so its numbers start at 1.",
  },

  unavailable: { code: 600, retry: true, message: "The log cannot be written or read right now; try again." },
  damaged: { code: 601, retry: false, message: "A record of this log does not match its checksum." },
} as const;

export type ErrorName = keyof typeof ERRORS;

/** Why a client's request is not carried out. Made by `refuse`, recognised by `isRefused`. */
export interface Refusal {
  readonly refused: true;
  readonly name: ErrorName;
  /** Says what exactly was wrong; by default the sentence of the table. */
  readonly message?: string;
  /** For `out_of_sequence` only: the number that is expected next. */
  readonly expected?: number;
}

export function refuse(name: ErrorName, message?: string): Refusal {
  return message === undefined ? { refused: true, name } : { refused: true, name, message };
}

/** Whether a result is a refusal, and not what was asked for. */
export function isRefused(result: unknown): result is Refusal {
  return typeof result === "object" && result !== null && "refused" in result && result.refused === true;
}
