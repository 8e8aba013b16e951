import { chmodSync, closeSync, openSync, statSync } from "node:fs";

const OTHERS = 0o077;

/** Creates a file that only this user can read, if it is missing. Errors are ignored: opening the file will report them. */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // It exists, or cannot be created.
  }
}

/** Takes the permissions of others from files that exist, as earlier versions left them (SPEC KEEP-8). */
export function makePrivate(paths: readonly string[]): void {
  for (const path of paths) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & OTHERS) === 0) continue;
    try {
      chmodSync(path, 0o600);
    } catch {
      // It is another user's, who decides.
    }
  }
}

/** @returns the permissions of a directory that others may list or enter, in octal; undefined if it is private */
export function exposureOf(directory: string): string | undefined {
  const mode = statSync(directory, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & OTHERS) === 0 ? undefined : (mode & 0o777).toString(8);
}
