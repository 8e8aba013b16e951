import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { dirname, join } from "node:path";

/** The default of `waitingPerNode` is the usable memory divided by this. */
const DIVISOR = 4;
const CGROUPS = "/sys/fs/cgroup";

/**
 * How many bytes of memory this process may use: the least of the machine's memory and the limits of the control groups
 * that it is in. The limits of parent groups hold, too; in a container the paths of groups are those of the machine, and
 * the container's own group is the root.
 *
 * @param root for tests: the directory that stands for `/`
 */
export function usableMemory(root = "/", machine: number = totalmem()): number {
  let least = machine;
  for (const line of (read(join(root, "proc/self/cgroup")) ?? "").split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const file =
      controllers === ""
        ? (group: string) => join(root, CGROUPS, group, "memory.max")
        : controllers?.split(",").includes("memory")
          ? (group: string) => join(root, CGROUPS, "memory", group, "memory.limit_in_bytes")
          : undefined;
    if (file === undefined) continue;
    for (let group = path; ; group = dirname(group)) {
      const limit = Number(read(file(group)) ?? "max"); // NaN where there is none
      if (limit > 0) least = Math.min(least, limit);
      if (group === "/") break;
    }
  }
  return least;
}

/** Bytes that may wait for all clients together unless `limits.waiting_per_node` is set. */
export function defaultWaitingPerNode(): number {
  return usableMemory() / DIVISOR;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
