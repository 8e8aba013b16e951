/** Part of a `:shortcode:` before the caret. */
export interface Shortcode {
  readonly begin: number;
  readonly end: number;
  /** Without its colons. */
  readonly name: string;
  /** The closing colon is there. */
  readonly closed: boolean;
}

const OPEN = /(?:^|[\s(])(:([\w+-]{2,24})(:?))$/u;

/** @returns the shortcode at the caret; `10:30` is not one */
export function shortcodeAt(text: string, caret: number): Shortcode | undefined {
  const match = OPEN.exec(text.slice(Math.max(0, caret - 32), caret));
  if (match === null) return undefined;
  const [, whole = "", name = "", colon] = match;
  return { begin: caret - whole.length, end: caret, name, closed: colon === ":" };
}

export function replaced(text: string, { begin, end }: Pick<Shortcode, "begin" | "end">, by: string): string {
  return text.slice(0, begin) + by + text.slice(end);
}
