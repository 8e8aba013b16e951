/** `npm run build -w @fanfare/client`: the SDK as it is published, in `packages/client/dist`. */

import { join } from "node:path";
import { runBun } from "./bun.mjs";
import { runProgram } from "./program.mjs";
import { root } from "./project.mjs";
import { ensureInstalled } from "./setup/installation.mjs";

process.chdir(root);
await runProgram(async () => {
  await ensureInstalled({ dev: true });
  return runBun([join(root, "scripts/sdk/build.ts")]);
});
