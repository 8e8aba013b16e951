import { expect } from "bun:test";
import { DEADLINE } from "@fanfare/testing/deadline";
import { FanfareProcess, type ProcessOptions } from "@fanfare/testing/server-process";

/**
 * Runs the real command, which must end by itself with an exit code, one sentence, no stack trace, and nothing else.
 * @returns the sentence, without the name of the program.
 */
export async function refusal(
  args: readonly string[],
  place?: ProcessOptions,
  by?: readonly string[],
): Promise<string> {
  await using fanfare = new FanfareProcess(args, by, place);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it still runs: ${fanfare.stdout}`)), DEADLINE);
  const { code } = await Promise.race([fanfare.exited, late.promise]).finally(() => clearTimeout(timer));
  expect(fanfare.stderr).toMatch(/^fanfare: [^\n]+\n$/);
  expect(fanfare.stderr).not.toMatch(/\.ts:\d|\bat async\b/);
  expect(fanfare.stdout).toBe("");
  expect(code).toBe(2);
  return fanfare.stderr.slice("fanfare: ".length, -1);
}
