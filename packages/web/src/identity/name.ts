/** A name that is valid, or the reason why it is not, as a sentence. */
export type NameResult =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly error: string };

export function nameError(error: string): NameResult {
  return { ok: false, error };
}

/** Removes the spaces that no name has (SPEC NAME-1): at its ends, and repeated ones. */
export function normalizeName(text: string): string {
  return text
    .trim()
    .replace(/\p{Zs}+/gu, " ")
    .normalize("NFC");
}

/** Why a name of the right length is invalid: it has a character that the server refuses (SPEC NAME-1, NAME-2). */
export function characterError(name: string): string {
  return name.isWellFormed()
    ? "This contains an invisible character. Type the name by hand."
    : "This contains half of a character. Type the name by hand.";
}
