import { expect, test } from "bun:test";
import { join } from "node:path";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { specFaults } from "./spec-check.ts";

async function faultsOf(spec: string, title: string): Promise<string[]> {
  using tree = scratchDirectory();
  await Bun.write(join(tree.path, "SPEC.md"), spec);
  await Bun.write(join(tree.path, "packages/a/a.test.ts"), `test("${title}", () => {});`);
  return await specFaults(tree.path);
}

const HOLDS = "- **ROOM-3** Names tell rooms apart.\n";
const RETIRED = "- ~~**ROOM-2**~~ (until 0.1: numbers told rooms apart)\n";

test("rules that tests quote, planned ones and retired ones are no fault", async () => {
  expect(await faultsOf(`${HOLDS}- **ROOM-4** *(planned)* More.\n${RETIRED}`, "ROOM-3: a")).toEqual([]);
});

test("a rule that no test quotes is found, and a quote of a rule that does not exist", async () => {
  expect(await faultsOf(`${HOLDS}`, "ROOM-9: a")).toEqual([
    "SPEC.md: no test quotes ROOM-3 in its title.",
    "packages/a/a.test.ts: quotes ROOM-9, which SPEC.md does not have.",
  ]);
});

test("a retired rule is quoted by no test, and its id is not used again", async () => {
  expect(await faultsOf(HOLDS + RETIRED, "ROOM-3 ROOM-2: a")).toEqual([
    "packages/a/a.test.ts: quotes ROOM-2, which is retired.",
  ]);
  const reused = `${HOLDS}${RETIRED}- **ROOM-2** Something else.\n`;
  expect(await faultsOf(reused, "ROOM-3: a")).toContain("SPEC.md: ROOM-2 is retired, and in use again.");
});

test("an id of two rules is found, and a retired rule without the version until which it held", async () => {
  expect(await faultsOf(HOLDS + HOLDS, "ROOM-3: a")).toEqual(["SPEC.md: ROOM-3 names two rules."]);
  expect(await faultsOf(`${HOLDS}- ~~**ROOM-2**~~ numbers\n`, "ROOM-3: a")).toEqual([
    'SPEC.md: a retired rule is "- ~~**ID**~~ (until VERSION: text)", not "- ~~**ROOM-2**~~ numbers".',
  ]);
  expect(await faultsOf("Nothing.", "a")).toHaveLength(1);
});
