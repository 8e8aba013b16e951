/** `npm run bench`: the load generator. */

import { join } from "node:path";
import { runBun } from "./bun.mjs";
import { endWithNpm } from "./npm-parent.mjs";
import { runProgram } from "./program.mjs";
import { root } from "./project.mjs";
import { ensureInstalled } from "./setup/installation.mjs";

endWithNpm();
await runProgram(async () => {
  await ensureInstalled({ dev: process.argv[2] === "web" }); // which takes a browser
  return runBun([join(root, "packages/bench/src/main.ts"), ...process.argv.slice(2)]);
});
