import { expect, test } from "bun:test";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { importFaults } from "./import-check.ts";

/** @param files by path below `packages/`, each with the files that it imports */
async function faultsOf(files: Record<string, readonly string[]>): Promise<string[]> {
  using tree = scratchDirectory();
  for (const [file, targets] of Object.entries(files)) {
    const lines = targets.map((target) => `import type { A } from "${target}";`);
    await Bun.write(join(tree.path, "packages", file), lines.join("\n"));
  }
  return await importFaults(tree.path);
}

test("imports that go down, and those of the file that wires the floors, are no fault", async () => {
  const faults = await faultsOf({
    "server/src/server.ts": ["./gateway/listener.ts", "./hub/hub.ts"],
    "server/src/gateway/listener.ts": ["../hub/hub.ts"],
    "server/src/hub/hub.ts": ["./room.ts", "../engines/engine.ts"],
    "server/src/hub/room.ts": [],
    "server/src/engines/engine.ts": [],
  });
  expect(faults).toEqual([]);
});

test("a circle is found, however many files it has, types and test kits included", async () => {
  const faults = await faultsOf({
    "client/src/a.ts": ["./b.ts"],
    "client/src/b.ts": ["./parts/c.tsx"],
    "client/src/parts/c.tsx": ["../a.ts"],
    "client/src/d.ts": ["./a.ts"],
    "server/testing/x.ts": ["./y.ts"],
    "server/testing/y.ts": ["./x.ts"],
  });
  expect(faults.map((fault) => fault.match(/[a-z]\.tsx?/g)?.sort())).toEqual([
    ["a.ts", "b.ts", "c.tsx"],
    ["x.ts", "y.ts"],
  ]);
});

test("an import of a floor above is found", async () => {
  const faults = await faultsOf({
    "server/src/hub/hub.ts": ["../gateway/socket.ts"],
    "server/src/gateway/socket.ts": [],
  });
  expect(faults).toEqual([
    "packages/server/src/hub/hub.ts imports packages/server/src/gateway/socket.ts, which lies above it.",
  ]);
});

test("a folder whose floor nobody declared is found, and a tree without sources", async () => {
  expect(await faultsOf({ "server/src/attic/box.ts": [] })).toEqual([
    "packages/server/src/attic is no floor: say in scripts/import-check.ts where it lies.",
  ]);
  expect(await faultsOf({})).toEqual(["No source file was found: this check is broken."]);
});
