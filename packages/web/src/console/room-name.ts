import { isPattern, LIMITS, parsePattern, parseRoomName, parseTypeName } from "@fanfare/protocol";

const UNREADABLE = "It contains a stray space or an invisible character.";

/** @returns why the name is not valid for a room, or for a pattern if `patterns` is set; undefined if it is */
export function roomNameError(
  name: string,
  { patterns }: { readonly patterns: boolean },
): string | undefined {
  const isGood = patterns && isPattern(name) ? parsePattern(name) : parseRoomName(name);
  if (isGood !== undefined) return undefined;
  if (name === "") return "Enter a room.";
  if (new TextEncoder().encode(name).length > LIMITS.roomName) return `At most ${LIMITS.roomName} bytes.`;
  const star = name.indexOf("*");
  if (star === -1) return UNREADABLE;
  if (!patterns) return "You can't publish to a pattern. Enter one room.";
  return star === name.length - 1 ? UNREADABLE : "`*` can only be at the end.";
}

export function typeNameError(type: string): string | undefined {
  if (type === "") return "Enter a type.";
  return parseTypeName(type) === undefined ? "Up to 64 of A–Z a–z 0–9 _ . : / -" : undefined;
}
