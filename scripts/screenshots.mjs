/** `npm run screenshots`: pictures of every page into docs/images. */

import { join } from "node:path";
import { runBun } from "./bun.mjs";
import { runProgram } from "./program.mjs";
import { root } from "./project.mjs";
import { ensureInstalled } from "./setup/installation.mjs";

await runProgram(async () => {
  await ensureInstalled({ dev: true });
  return runBun([join(root, "packages/web/test/screenshots/take.ts"), ...process.argv.slice(2)]);
});
