import { LIMITS, parseUserName } from "@fanfare/protocol";
import { characterError, type NameResult, nameError, normalizeName } from "./name.ts";

export const LONGEST_USER = LIMITS.userName;

/** @param longest characters (code points) */
export function readUserName(text: string, longest: number = LONGEST_USER): NameResult {
  const name = normalizeName(text);
  if (name === "") return nameError("Enter the name that others see.");
  const characters = [...name].length;
  if (characters > longest) {
    return nameError(`Names have at most ${longest} characters; this has ${characters}.`);
  }
  return parseUserName(name) === undefined ? nameError(characterError(name)) : { ok: true, name };
}
