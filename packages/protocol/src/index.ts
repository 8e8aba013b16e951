export { type Backoff, backoffDelay } from "./backoff.ts";
export { CLOSE, type CloseFrame, shouldReconnect } from "./close-codes.ts";
export { type Decoded, decodeFrame } from "./codec.ts";
export { ERRORS, type ErrorName, isRefused, type Refusal, refuse } from "./errors.ts";
export { LIMITS } from "./limits.ts";
export * from "./messages.ts";
export {
  isPattern,
  parseMessageId,
  parsePattern,
  parsePublisherId,
  parseRoomName,
  parseTypeName,
  parseUserName,
  withoutInvisible,
} from "./names.ts";
