import { readFileSync } from "node:fs";

/** What a system without /proc allows at least (macOS, for a process started from a shell). */
const USUAL = 256;

/** @returns how many files, sockets included, one of our processes may have open */
export function openFileLimit(): number {
  try {
    const [, soft] =
      /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return soft === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(soft ?? USUAL);
  } catch {
    return USUAL;
  }
}
