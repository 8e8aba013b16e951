import { Interrupted } from "../child.mjs";

/**
 * Runs one check, prints a line with its time, and what it said only if it failed.
 *
 * @param {string} name
 * @param {() => Promise<import("../child.mjs").Ending>} run
 * @returns {Promise<import("./tally.mjs").Tally>}
 */
export async function check(name, run) {
  const start = performance.now();
  const { code, interruption, output } = await run();
  if (interruption !== null) throw new Interrupted(interruption);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const passed = code === 0;
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!passed) console.log(output.trimEnd());
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}
