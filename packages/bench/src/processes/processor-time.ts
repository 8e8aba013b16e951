import { readFileSync } from "node:fs";

/** Milliseconds per tick of USER_HZ, which is 100 on every architecture Linux runs on here (man 5 proc). */
export const TICK = 10;

/**
 * @returns the processor time that a process used so far, all threads, in milliseconds; nothing where the system has
 * no /proc or the process is gone
 */
export function processorTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces; the fields behind it begin with the third. utime is the 14th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  } catch {
    return undefined;
  }
}
