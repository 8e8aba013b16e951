import { expect } from "bun:test";
import { FanfareProcess, type Place } from "../../../server/test/support/server-process.ts";

/** How long a start that cannot succeed may take, in ms. */
const PATIENCE = 3_000;

/**
 * Runs the real command, which must end soon with an exit code, one sentence, no stack trace, and nothing else.
 * @returns the sentence, without the name of the program.
 */
export async function refusal(
  args: readonly string[],
  place?: Place,
  by?: readonly string[],
): Promise<string> {
  const began = performance.now();
  await using fanfare = new FanfareProcess(args, by, place);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it still runs: ${fanfare.stdout}`)), PATIENCE);
  const { code } = await Promise.race([fanfare.exited, late.promise]).finally(() => clearTimeout(timer));
  expect(performance.now() - began).toBeLessThan(PATIENCE);
  expect(fanfare.stderr).toMatch(/^fanfare: [^\n]+\n$/);
  expect(fanfare.stderr).not.toMatch(/\.ts:\d|\bat async\b/);
  expect(fanfare.stdout).toBe("");
  expect(code).toBe(2);
  return fanfare.stderr.slice("fanfare: ".length, -1);
}
