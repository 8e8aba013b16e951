/** `npm start` and the other npm scripts that run a program on Bun: `node launch.mjs NAME`, then the program's arguments. */

import { join } from "node:path";
import { runBun } from "./bun.mjs";
import { endWithNpm } from "./npm-parent.mjs";
import { runProgram } from "./program.mjs";
import { root } from "./project.mjs";
import { ensureInstalled } from "./setup/installation.mjs";
import { SetupError } from "./setup/setup-error.mjs";

/**
 * @typedef {object} Program
 * @property {string[]} command the program's file below the root, and its first arguments
 * @property {(args: string[]) => boolean} needsDev whether it needs the developer's tools as well
 */

/** @type {Record<string, Program>} */
const PROGRAMS = {
  start: { command: ["packages/cli/src/main.ts", "serve"], needsDev: () => false },
  bench: { command: ["packages/bench/src/main.ts"], needsDev: ([load]) => load === "web" },
  abuse: { command: ["packages/bench/src/abuse/main.ts"], needsDev: () => false },
  screenshots: { command: ["packages/web/test/screenshots/take.ts"], needsDev: () => true },
  docs: { command: ["packages/cli/test/support/configuration-page.ts"], needsDev: () => false },
  "build-sdk": { command: ["scripts/sdk/build.ts"], needsDev: () => true },
};

const [name = "", ...args] = process.argv.slice(2);
const program = PROGRAMS[name];
endWithNpm();
await runProgram(async () => {
  if (program === undefined)
    throw new SetupError(`there is no program ${name}; name one of ${Object.keys(PROGRAMS)}.`);
  await ensureInstalled({ dev: program.needsDev(args) });
  const [file = "", ...first] = program.command;
  return runBun([join(root, file), ...first, ...args]);
});
