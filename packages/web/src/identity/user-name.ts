import { LIMITS, parseUserName } from "@fanfare/protocol";

export const LONGEST_USER = LIMITS.userName;

/** A name that is valid, or the reason why it is not, as a sentence. */
export type NameResult =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly error: string };

export function nameError(error: string): NameResult {
  return { ok: false, error };
}

/** @param longest characters (code points) */
export function readUserName(text: string, longest: number = LONGEST_USER): NameResult {
  const name = tidied(text);
  if (name === "") return nameError("Type the name that others see.");
  const characters = [...name].length;
  if (characters > longest) {
    return nameError(`A name has at most ${longest} characters; this has ${characters}.`);
  }
  return parseUserName(name) === undefined ? nameError(unreadable(name)) : { ok: true, name };
}

/** A name as it was typed, without the spaces that no name has (SPEC NAME-1): at its ends, or beside one another. */
export function tidied(text: string): string {
  return text
    .trim()
    .replace(/\p{Zs}+/gu, " ")
    .normalize("NFC");
}

/** Why a name of the right length is none: a character that the server takes in no name (SPEC NAME-1, NAME-2). */
export function unreadable(name: string): string {
  return name.isWellFormed()
    ? "This has a character that cannot be seen. Type the name by hand."
    : "This has half of a character in it. Type the name by hand.";
}
