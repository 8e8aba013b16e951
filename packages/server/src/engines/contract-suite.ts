/**
 * The engine contract as tests for `bun:test`: every MUST of `engine.ts`, for any engine.
 *
 * An engine's own test calls `engineContract` with a harness and adds what is its alone; see
 * `memory/memory.test.ts`. What an engine does not promise (`harness.capabilities`) is skipped, with a reason.
 */
// biome-ignore lint/style/noRestrictedImports: it is made of tests
import { describe } from "bun:test";
import type { EngineHarness } from "./contract/harness.ts";
import { keepingContract } from "./contract/keeping-contract.ts";
import { modelContract } from "./contract/model-contract.ts";
import { presenceContract } from "./contract/presence-contract.ts";
import { readingContract } from "./contract/reading-contract.ts";
import { recognitionContract } from "./contract/recognition-contract.ts";
import { restartContract } from "./contract/restart-contract.ts";
import { tailingContract } from "./contract/tailing-contract.ts";
import { watchingContract } from "./contract/watching-contract.ts";

export type { EngineHarness, EngineSettings, OpenEngine } from "./contract/harness.ts";
export { Witness } from "./contract/witness.ts";

const SECTIONS = {
  keeping: keepingContract,
  recognition: recognitionContract,
  tailing: tailingContract,
  watching: watchingContract,
  presence: presenceContract,
  reading: readingContract,
  restart: restartContract,
  model: modelContract,
};

export function engineContract(name: string, harness: EngineHarness): void {
  describe(name, () => {
    for (const [section, contract] of Object.entries(SECTIONS)) describe(section, () => contract(harness));
  });
}
