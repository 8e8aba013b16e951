import { charactersOf } from "../design/index.ts";

/** Characters of one message. Even if each is six bytes on the wire, the message fits into a frame (64 KiB). */
export const LONGEST_MESSAGE = 4_000;
/** Messages that one text may be split into. */
export const MOST_PARTS = 10;

/** Splits a text into messages, between lines or words where possible. */
export function inParts(text: string): readonly string[] {
  const parts: string[] = [];
  let rest = [...trimmed(text)];
  while (rest.length > LONGEST_MESSAGE) {
    const cut = cutOf(rest.slice(0, LONGEST_MESSAGE + 1));
    parts.push(rest.slice(0, cut).join("").trimEnd());
    rest = [
      ...trimmed(
        rest
          .slice(cut)
          .join("")
          .replace(/^[ \n]/, ""),
      ),
    ];
  }
  return [...parts, rest.join("")].filter((part) => part !== "");
}

/** Without space at the end and blank lines before the text; lines keep their indentation. */
function trimmed(text: string): string {
  const lines = text.trimEnd().replace(/^(?:[^\S\n]*\n)+/, "");
  return lines.includes("\n") || lines.startsWith("\t") ? lines : lines.trimStart();
}

function cutOf(characters: readonly string[]): number {
  for (const mark of ["\n", " "]) {
    const place = characters.lastIndexOf(mark);
    if (place > LONGEST_MESSAGE / 2) return place;
  }
  return LONGEST_MESSAGE;
}

/** Cuts a text to what the composer can hold. */
export function fitting(text: string): { readonly text: string; readonly isCut: boolean } {
  const most = LONGEST_MESSAGE * MOST_PARTS;
  if (text.length <= most || charactersOf(text) <= most) return { text, isCut: false };
  return { text: [...text].slice(0, most).join(""), isCut: true };
}
