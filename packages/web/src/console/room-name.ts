import { isPattern, LIMITS, parsePattern, parseRoomName, parseTypeName } from "@fanfare/protocol";

const UNREADABLE = "It contains a stray space, or a character that cannot be seen.";

/** @returns why the name is not valid for a room, or for a pattern if `patterns` is set; undefined if it is */
export function roomNameError(
  name: string,
  { patterns }: { readonly patterns: boolean },
): string | undefined {
  const isGood = patterns && isPattern(name) ? parsePattern(name) : parseRoomName(name);
  if (isGood !== undefined) return undefined;
  if (name === "") return "Name a room first.";
  if (new TextEncoder().encode(name).length > LIMITS.roomName) return `At most ${LIMITS.roomName} bytes.`;
  const star = name.indexOf("*");
  if (star === -1) return UNREADABLE;
  if (!patterns) return "A pattern is for listening: name one room.";
  return star === name.length - 1 ? UNREADABLE : "A * stands at the end alone.";
}

export function typeNameError(type: string): string | undefined {
  if (type === "") return "Give it a type.";
  return parseTypeName(type) === undefined ? "Up to 64 of A–Z a–z 0–9 _ . : / -" : undefined;
}
