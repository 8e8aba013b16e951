/** @returns the path without the one slash at its end, which does not matter (SPEC HTTP-15); `/` is itself */
export function trimSlash(path: string): string {
  return path.replace(/(?<=[^/])\/$/, "");
}
