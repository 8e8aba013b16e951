/** Bytes of UTF-8 (SPEC NAME-1). */
const LONGEST = 128;
const CONTROLS = /\p{Cc}|\p{Bidi_Control}/u;
const TYPE = /^[A-Za-z0-9_.:/-]{1,64}$/;

export function isPattern(name: string): boolean {
  return name.endsWith("*");
}

/** @returns why it is no name of a room (or a pattern, where that will do); undefined if it is one */
export function roomTrouble(name: string, { patterns }: { readonly patterns: boolean }): string | undefined {
  if (name === "") return "Name a room first.";
  if (new TextEncoder().encode(name).length > LONGEST) return `At most ${LONGEST} bytes.`;
  if (CONTROLS.test(name)) return "It contains a character that cannot be seen.";
  const star = name.indexOf("*");
  if (star === -1) return undefined;
  if (!patterns) return "A pattern is for listening: name one room.";
  return star === name.length - 1 ? undefined : "A * stands at the end alone.";
}

/** SPEC NAME-3. */
export function typeTrouble(type: string): string | undefined {
  if (type === "") return "Give it a type.";
  return TYPE.test(type) ? undefined : "Up to 64 of A–Z a–z 0–9 _ . : / -";
}
