import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBun } from "../bun.mjs";
import { Interrupted } from "../child.mjs";
import { readJunitReport } from "./junit-report.mjs";

/** Files that run at once, each in a process. Most tests wait; more would make those wait in vain that need a processor. */
const AT_ONCE = 2;

/** How long a test may take, in ms, that does not say so itself. A bound on failure alone: of a hang, not of slowness. */
const LONGEST = 60_000;

/**
 * Runs `bun test`, whose output streams through. The numbers come from its report, and count for nothing unless the
 * runner got to its end: one that crashes, or that a test makes exit, has failed.
 *
 * @param {string[]} args file patterns and flags of `bun test`
 * @returns {Promise<import("./tally.mjs").Tally>}
 */
export async function bunTest(args) {
  const folder = mkdtempSync(join(tmpdir(), "fanfare-test-"));
  try {
    const file = join(folder, "junit.xml");
    const ending = await runBun([
      "test",
      `--parallel=${AT_ONCE}`,
      `--timeout=${LONGEST}`,
      "--reporter=junit",
      `--reporter-outfile=${file}`,
      ...args,
    ]);
    if (ending.interruption !== null) throw new Interrupted(ending.interruption);
    return judge(ending, read(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Pick<import("../child.mjs").Ending, "code" | "signal">} ending
 * @param {string} report empty if none was written
 * @returns {import("./tally.mjs").Tally}
 */
export function judge({ code, signal }, report) {
  const tally = readJunitReport(report);
  if (tally === undefined) {
    console.log(`✗ bun test wrote no report; it ended with ${signal ?? code}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (tally.failed > 0) return tally;
  if (code !== 0) {
    console.log(`✗ bun test ended with ${signal ?? code}, though no test failed`);
    return { ...tally, failed: 1 };
  }
  if (tally.passed === 0) {
    console.log("✗ bun test ran no test");
    return { ...tally, failed: 1 };
  }
  return tally;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
