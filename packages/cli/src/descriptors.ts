import { closeSync, openSync } from "node:fs";

/** With fewer than these, nothing could be loaded, opened or served. */
const NEEDED = 32;

/** Whether so many files and sockets can be opened as a start takes. */
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
