/**
 * The engine contract as tests for `bun:test`: every MUST of `engine.ts`, for any engine.
 *
 * An engine's own test calls `engineContract` with a harness and adds what is its alone; see
 * `memory/memory.test.ts`. What an engine does not promise (`harness.capabilities`) is skipped, with a reason.
 *
 * Experimental, as the contract is: a later version of the server may ask more of an engine.
 */
import { describe } from "bun:test";
import type { EngineHarness } from "./harness.ts";
import { keepingContract } from "./keeping-contract.ts";
import { modelContract } from "./model-contract.ts";
import { presenceContract } from "./presence-contract.ts";
import { readingContract } from "./reading-contract.ts";
import { recognitionContract } from "./recognition-contract.ts";
import { restartContract } from "./restart-contract.ts";
import { tailingContract } from "./tailing-contract.ts";
import { watchingContract } from "./watching-contract.ts";

export type { EngineHarness, EngineSettings, OpenEngine } from "./harness.ts";
export { RecordingListener } from "./recording-listener.ts";

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
