/**
 * Characters that could forge a line, move a terminal's cursor or turn the direction of writing: controls (C0, DEL, C1),
 * line and paragraph separators, bidirectional controls, invisible characters, and lone surrogates. Joiners and variation
 * selectors stay: scripts and emoji need them.
 */
const UNSAFE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u2800\ufff9-\ufffb]|\p{Cs}|(?![\u200c\u200d]|\p{Variation_Selector})\p{DI}/gu;

/** Cuts text between characters and marks the cut. @param most UTF-16 units that are kept */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? 1 : 0;
  return `${text.slice(0, most - half)}…`;
}

/** Escapes the characters that do not show as what they are. */
export function legible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The JSON text of `text`, legible. */
export function quoted(text: string): string {
  return legible(JSON.stringify(text));
}

function escaped(character: string): string {
  let units = "";
  for (let i = 0; i < character.length; i++) {
    units += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return units;
}
