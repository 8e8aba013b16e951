/** What no setting changes: clients and servers agree on it without a word. Sizes in bytes. */
export const LIMITS = {
  /** Levels of arrays and objects in a client's frame. */
  depth: 64,
  roomName: 128,
  /** Characters (code points). */
  userName: 64,
  typeName: 64,
  messageId: 64,
  publisherMin: 16,
  publisherMax: 64,
  /** Characters of a token. */
  token: 8192,
  typesPerFilter: 16,
  /** Publishes of one publisher that may be unanswered in one room. */
  inFlight: 64,
} as const;
