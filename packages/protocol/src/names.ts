/**
 * Names that clients choose. A parser takes what came in and gives the name to use, or undefined
 * if it is not one (SPEC NAME-1 to NAME-6).
 */
import { LIMITS } from "./limits.ts";

/**
 * C0 and C1 controls, line and paragraph separators, and what can disguise a name: bidirectional controls, and what
 * does not show (Unicode's Default_Ignorable_Code_Point and the Braille pattern of no dots; MISPLACED has the rest).
 */
const UNSAFE =
  /[\p{Cc}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]|(?![\u180b-\u180f]|[\u200c-\u200d]|\ufe0e|\ufe0f)\p{DI}/u;
/** White space at an end, beside other white space, or of another width than the usual one. */
const WHITE = /^\s|\s$|\s\s|[^\S ]/u;
/** Letters of scripts in which nothing is joined and no form is chosen. */
const PLAIN = String.raw`\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}`;
/** Joiners and selectors of forms where they do nothing that shows. */
const MISPLACED = new RegExp(
  String.raw`(?:^|[\s${PLAIN}])[\u180b-\u180f\u200c\u200d\ufe0e\ufe0f]|[\p{P}\p{Nd}\u200c\u200d][\u200c\u200d]|[\u200c\u200d]$`,
  "u",
);
const TOKEN = /^[A-Za-z0-9_-]+$/;
const TYPE = /^[A-Za-z0-9_.:/-]+$/;
/** Form C makes at most four UTF-16 units one (an alpha with three marks), so what is longer need not be looked at. */
const SHRINKS = 4;
const encoder = new TextEncoder();

function parseText(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || !value.isWellFormed()) return undefined;
  if (UNSAFE.test(value) || WHITE.test(value) || MISPLACED.test(value)) return undefined;
  return value.normalize("NFC");
}

/** 1–128 bytes of UTF-8, without what does not show, and no `*` (that is a pattern's). */
export function parseRoomName(value: unknown): string | undefined {
  if (typeof value === "string" && value.length > SHRINKS * LIMITS.roomName) return undefined;
  const name = parseText(value);
  // What comes behind the first colon is shown as a name of its own.
  if (name === undefined || name.includes("*") || /^[^:]*: /.test(name)) return undefined;
  return encoder.encode(name).length <= LIMITS.roomName ? name : undefined;
}

/** What a room name can begin with and one `*`, or `*` alone; 128 bytes with it: all rooms that begin so (SPEC NAME-6). */
export function parsePattern(value: unknown): string | undefined {
  if (typeof value !== "string" || !isPattern(value)) return undefined;
  if (value === "*") return value;
  // With one more character it is a name, though it may end in a space.
  const name = parseRoomName(`${value.slice(0, -1)}.`);
  return name === undefined ? undefined : `${name.slice(0, -1)}*`;
}

/** Tells a parsed pattern from a parsed room name, which never holds a `*`. */
export function isPattern(name: string): boolean {
  return name.endsWith("*");
}

/** 1–64 characters, without what does not show. */
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
