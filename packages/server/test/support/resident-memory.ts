import { readFileSync } from "node:fs";

/** Bytes of memory that a process holds. Linux. */
export function residentBytes(pid: number): number {
  const [, kilobytes = "0"] = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/) ?? [];
  return Number(kilobytes) * 1024;
}
