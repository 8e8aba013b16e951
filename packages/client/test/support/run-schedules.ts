import { expect } from "bun:test";
import { ScheduleTally } from "./schedule-tally.ts";

/** Failures after which no new schedule is begun. */
const ENOUGH = 3;

/**
 * Runs schedules, many at once.
 *
 * @param run gives back what went wrong, in words
 * @throws with the seed, the schedules that failed and what went wrong
 */
export async function runSchedules<T>(
  what: string,
  seed: number,
  schedules: readonly T[],
  atOnce: number,
  run: (schedule: T, label: string, tally: ScheduleTally) => Promise<string[]>,
): Promise<void> {
  const began = performance.now();
  const queue = [...schedules.entries()];
  const failures: string[] = [];
  const tally = new ScheduleTally();
  const work = async () => {
    for (let next = queue.shift(); next !== undefined && failures.length < ENOUGH; next = queue.shift()) {
      const [i, schedule] = next;
      const problems = await run(schedule, `${what}:${i}`, tally).catch((error: unknown) => [
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      ]);
      if (problems.length === 0) continue;
      const text = problems.map((problem) => `\n  ${problem.slice(0, 1_500)}`).join("");
      failures.push(`${what} ${i} of SEED=${seed}: ${JSON.stringify(schedule)}${text}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${what}: ${schedules.length} schedules in ${seconds} s: ${tally}`);
  expect(failures.join("\n\n")).toBe("");
}
