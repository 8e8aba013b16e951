/** `npm test`: everything that CI checks. Patterns and flags go on to `bun test`. */

import { runBun } from "./bun.mjs";
import { bunTest } from "./checks/bun-test.mjs";
import { check } from "./checks/check.mjs";
import { inWords, sum } from "./checks/tally.mjs";
import { Interrupted, runChild } from "./child.mjs";
import { endWithNpm } from "./npm-parent.mjs";
import { explain, runProgram } from "./program.mjs";
import { root } from "./project.mjs";
import { ensureInstalled } from "./setup/installation.mjs";

/** @param {string[]} args a script below the root, and its arguments */
function node(...args) {
  return runChild(process.execPath, args, { capture: true });
}

const reporting = [
  `--colors=${process.stdout.isTTY ? "force" : "off"}`,
  "--error-on-warnings",
  "--diagnostic-level=warn",
];

/** Each with the types of its own platform: Bun's, a browser's, or both. */
const PROJECTS = /** @type {const} */ ([
  ["types", "."],
  ["types of the SDK", "packages/client"],
  ["types of the web apps", "packages/web"],
]);

/** @type {import("./checks/tally.mjs").Tally[]} */
const tallies = [];

async function runEverything() {
  await ensureInstalled({ dev: true });
  tallies.push(
    ...(await Promise.all([
      check("format and lint", () => node("node_modules/@biomejs/biome/bin/biome", "ci", ...reporting, ".")),
      ...PROJECTS.map(([name, folder]) =>
        check(name, () => node("node_modules/typescript/bin/tsc", "--noEmit", "-p", folder)),
      ),
      check("spec", () => runBun(["scripts/spec-check.ts"], { capture: true })),
      check("imports", () => runBun(["scripts/import-check.ts"], { capture: true })),
    ])),
  );
  // Alone: what is measured against a clock should not share the processors with a type checker.
  tallies.push(await bunTest(process.argv.slice(2)));
}

process.chdir(root);
endWithNpm();
await runProgram(async () => {
  /** @type {NodeJS.Signals | null} */
  let signal = null;
  try {
    await runEverything();
  } catch (error) {
    explain(error);
    tallies.push({ passed: 0, failed: 1, skipped: 0 });
    if (error instanceof Interrupted) signal = error.signal;
  }
  const total = sum(tallies);
  console.log(inWords(total)); // the last line, whatever happened
  return { code: total.failed === 0 ? 0 : 1, signal };
});
