/**
 * Names that clients choose. A parser takes what came in and gives the name to use, or undefined
 * if it is not one (SPEC NAME-1 to NAME-6).
 */
import { LIMITS } from "./limits.ts";

/**
 * C0 and C1 controls, line and paragraph separators, and what can disguise a name: bidirectional controls, soft
 * hyphens, spaces and joiners without width. (U+200C and U+200D belong to scripts and emoji.)
 */
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u00ad\u200b\u2060\ufeff]/u;
const TOKEN = /^[A-Za-z0-9_-]+$/;
const TYPE = /^[A-Za-z0-9_.:/-]+$/;
/** Form C makes at most four UTF-16 units one (an alpha with three marks), so what is longer need not be looked at. */
const SHRINKS = 4;
const encoder = new TextEncoder();

function parseText(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || !value.isWellFormed() || UNSAFE.test(value))
    return undefined;
  return value.normalize("NFC");
}

/** 1–128 bytes of UTF-8, no control characters, no `*` (that is a pattern's). */
export function parseRoomName(value: unknown): string | undefined {
  if (typeof value === "string" && value.length > SHRINKS * LIMITS.roomName) return undefined;
  const name = parseText(value);
  if (name === undefined || name.includes("*")) return undefined;
  return encoder.encode(name).length <= LIMITS.roomName ? name : undefined;
}

/** A room name and one `*`, or `*` alone; 128 bytes with it: all rooms whose names begin so (SPEC NAME-6). */
export function parsePattern(value: unknown): string | undefined {
  if (typeof value !== "string" || !isPattern(value)) return undefined;
  if (value === "*") return value;
  const begins = parseRoomName(value.slice(0, -1));
  return begins === undefined || encoder.encode(begins).length >= LIMITS.roomName ? undefined : `${begins}*`;
}

/** Tells a parsed pattern from a parsed room name, which never holds a `*`. */
export function isPattern(name: string): boolean {
  return name.endsWith("*");
}

/** 1–64 characters, none of them a control character. */
export function parseUserName(value: unknown): string | undefined {
  if (typeof value === "string" && value.length > SHRINKS * LIMITS.userName) return undefined;
  const name = parseText(value);
  return name !== undefined && [...name].length <= LIMITS.userName ? name : undefined;
}

/** 1–64 of `A-Z a-z 0-9 _ . : / -`. */
export function parseTypeName(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= LIMITS.typeName && TYPE.test(value) ? value : undefined;
}

/** 1–64 of `A-Z a-z 0-9 _ -`: a UUID, a ULID, a nanoid. */
export function parseMessageId(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= LIMITS.messageId && TOKEN.test(value)
    ? value
    : undefined;
}

/** 16–64 of `A-Z a-z 0-9 _ -`, unguessable: whoever knows it can use up its numbers. */
export function parsePublisherId(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length < LIMITS.publisherMin || value.length > LIMITS.publisherMax) {
    return undefined;
  }
  return TOKEN.test(value) ? value : undefined;
}
