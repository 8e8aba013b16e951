import { closeSync, openSync } from "node:fs";

/** The files and sockets that a start needs at least. */
const NEEDED = 32;

/** Whether the process may open as many files and sockets as a start needs. */
export function hasDescriptors(): boolean {
  const open: number[] = [];
  try {
    while (open.length < NEEDED) open.push(openSync("/dev/null", "r"));
    return true;
  } catch (error) {
    return !(
      error instanceof Error &&
      "code" in error &&
      (error.code === "EMFILE" || error.code === "ENFILE")
    );
  } finally {
    for (const descriptor of open) closeSync(descriptor);
  }
}
