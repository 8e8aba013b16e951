import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { usableMemory } from "./usable-memory.ts";

const MIB = 1024 * 1024;
const MACHINE = 16 * 1024 * MIB;
/** What version 1 says where there is no limit. */
const NO_LIMIT = "9223372036854771712";

for (const [what, files, bytes] of [
  ["without control groups", {}, MACHINE],
  [
    "in a container (version 2)",
    { "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": `${300 * MIB}\n` },
    300 * MIB,
  ],
  [
    "in a service whose slice has the least",
    {
      "proc/self/cgroup": "0::/system.slice/fanfare.service\n",
      "sys/fs/cgroup/system.slice/fanfare.service/memory.max": "max\n",
      "sys/fs/cgroup/system.slice/memory.max": `${512 * MIB}\n`,
    },
    512 * MIB,
  ],
  [
    "in a container (version 1), where the path is the machine's",
    {
      "proc/self/cgroup": "5:cpu:/docker/abc\n4:memory,blkio:/docker/abc\n0::/\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": `${256 * MIB}\n`,
    },
    256 * MIB,
  ],
  [
    "in a group without a limit (version 1)",
    {
      "proc/self/cgroup": "4:memory:/user\n",
      "sys/fs/cgroup/memory/user/memory.limit_in_bytes": `${NO_LIMIT}\n`,
    },
    MACHINE,
  ],
] as const) {
  test(`FLOW-4: the memory of a process ${what}`, () => {
    using root = scratchDirectory();
    for (const [name, text] of Object.entries(files)) {
      const path = join(root.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    expect(usableMemory(root.path, MACHINE)).toBe(bytes);
  });
}
