/** `npm run abuse`: attacks at full size. */

import { join } from "node:path";
import { runBun } from "./bun.mjs";
import { endWithNpm } from "./npm-parent.mjs";
import { runProgram } from "./program.mjs";
import { root } from "./project.mjs";
import { ensureInstalled } from "./setup/installation.mjs";

endWithNpm();
await runProgram(async () => {
  await ensureInstalled({ dev: false });
  return runBun([join(root, "packages/bench/src/abuse/main.ts"), ...process.argv.slice(2)]);
});
