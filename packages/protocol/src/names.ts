/**
 * Names that clients choose. A parser takes an unknown value and returns the name in normal form C, or undefined if it
 * is not valid (SPEC NAME-1 to NAME-6).
 */
import { LIMITS } from "./limits.ts";

/** C0 and C1 controls, line and paragraph separators. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** Ideographic variation selectors, which choose the form of a Han character, as in names of people and places. */
const IDEOGRAPHIC = String.raw`\u{e0100}-\u{e01ef}`;
/** Selectors of standardized forms: of Han, and of letters of Myanmar and Phags-pa. */
const STANDARDIZED = String.raw`\ufe00-\ufe02`;
/**
 * Characters that can disguise a text: bidirectional controls and invisible characters (Unicode's
 * Default_Ignorable_Code_Point, the empty Braille pattern; MISPLACED has the rest).
 */
const NEVER_VISIBLE = String.raw`[\u2800\ufff9-\ufffb]|(?![\u180b-\u180f\u200c\u200d\ufe0e\ufe0f${STANDARDIZED}${IDEOGRAPHIC}])\p{DI}`;
/** White space at an end, beside other white space, or other than U+0020. */
const WHITE = /^\s|\s$|\s\s|[^\S ]/u;
/** Letters of scripts in which joiners and variation selectors have no effect. */
const PLAIN = String.raw`\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}`;
/** Viramas of the scripts of India and Sri Lanka; a joiner after one changes the shape of the letter. */
const VIRAMA = String.raw`\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca`;
/** Joiners and variation selectors at places where they have no visible effect (SPEC NAME-1, NAME-7). */
const MISPLACED = [
  String.raw`(?<=(?:^|[\s\p{P}\p{Nd}${PLAIN}])\p{M}*)[\u180b-\u180f\u200c\u200d]`,
  String.raw`(?<=[\u200c\u200d])[\u200c\u200d]`,
  String.raw`\u200c$|(?<![${VIRAMA}])\u200d$`,
  String.raw`(?<!\p{Emoji})[\ufe0e\ufe0f]|(?<=[\d#*])[\ufe0e\ufe0f](?!\u20e3)`,
  String.raw`(?<!\p{sc=Han})[${IDEOGRAPHIC}]`,
  String.raw`(?<![\p{sc=Han}\p{sc=Myanmar}\p{sc=Phags_Pa}])[${STANDARDIZED}]`,
].join("|");
const INVISIBLE = new RegExp(`${NEVER_VISIBLE}|${MISPLACED}`, "u");
const EACH_INVISIBLE = new RegExp(INVISIBLE.source, "gu");
/** The flags of England, Scotland and Wales: a black flag and tag characters, which are invisible elsewhere. */
const TAGGED_FLAG =
  /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/gu;
const TOKEN = /^[A-Za-z0-9_-]+$/;
const TYPE = /^[A-Za-z0-9_.:/-]+$/;
/** Form C joins at most four UTF-16 units into one (an alpha with three marks): longer text cannot be a valid name. */
const MOST_JOINED = 4;
const encoder = new TextEncoder();

function parseText(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || !value.isWellFormed()) return undefined;
  // In form C, so that parsing a parsed name gives the same name.
  const name = value.normalize("NFC");
  const shown = name.replace(TAGGED_FLAG, "\u{1f3f4}");
  return CONTROL.test(shown) || WHITE.test(shown) || INVISIBLE.test(shown) ? undefined : name;
}

/** A text without what is invisible in a name (SPEC NAME-8), for texts that are not names. White space stays. */
export function withoutInvisible(text: string): string {
  const flags = text.match(TAGGED_FLAG) ?? [];
  // A character that no text has stands for each flag meanwhile, whose tags are invisible elsewhere.
  let [before, shown] = ["", text.replaceAll("\ufdd0", "").replace(TAGGED_FLAG, "\ufdd0")];
  // What follows a character that was removed may be misplaced now.
  while (before !== shown) [before, shown] = [shown, shown.replace(EACH_INVISIBLE, "")];
  let next = 0;
  return shown.replaceAll("\ufdd0", () => flags[next++] ?? "");
}

/** 1–128 bytes of UTF-8 without invisible characters and `*`, which belongs to patterns (SPEC NAME-1). */
export function parseRoomName(value: unknown): string | undefined {
  if (typeof value === "string" && value.length > MOST_JOINED * LIMITS.roomName) return undefined;
  const name = parseText(value);
  // The part after the first colon is shown as a name of its own.
  if (name === undefined || name.includes("*") || /^[^:]*: /.test(name)) return undefined;
  return encoder.encode(name).length <= LIMITS.roomName ? name : undefined;
}

/** The beginning of a room name and one `*`, or `*` alone; 128 bytes in all (SPEC NAME-6). */
export function parsePattern(value: unknown): string | undefined {
  if (typeof value !== "string" || !isPattern(value)) return undefined;
  if (value === "*") return value;
  // The beginning may end in a space, a name may not: check it with one more character.
  const name = parseRoomName(`${value.slice(0, -1)}.`);
  return name === undefined ? undefined : `${name.slice(0, -1)}*`;
}

/** Whether a parsed name is a pattern; a room name never contains a `*`. */
export function isPattern(name: string): boolean {
  return name.endsWith("*");
}

/** 1–64 characters without invisible characters (SPEC NAME-2). */
export function parseUserName(value: unknown): string | undefined {
  if (typeof value === "string" && value.length > MOST_JOINED * LIMITS.userName) return undefined;
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

/** 16–64 of `A-Z a-z 0-9 _ -`. It is a secret: a client that knows it can use its numbers (SPEC HELLO-3). */
export function parsePublisherId(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length < LIMITS.publisherMin || value.length > LIMITS.publisherMax) {
    return undefined;
  }
  return TOKEN.test(value) ? value : undefined;
}
