import { readFileSync } from "node:fs";
import { TICK } from "./processor-time.ts";

/**
 * @returns the processor time that all processes of this machine used so far, and its host took, in milliseconds; without
 * interrupts, which no process is charged for. Nothing where the system has no /proc
 */
export function machineTime(): number | undefined {
  try {
    const [, user, nice, system, , , , , steal] = readFileSync("/proc/stat", "utf8")
      .split(/\s+/, 9)
      .map(Number);
    return ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (steal ?? 0)) * TICK;
  } catch {
    return undefined;
  }
}
