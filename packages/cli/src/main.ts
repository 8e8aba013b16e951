/** The `fanfare` command. Runs on Bun; `bin/fanfare.mjs` finds it. */
import { argv, exit } from "node:process";
import { hasDescriptors } from "./descriptors.ts";
import { hasWorkingDirectory } from "./working-directory.ts";

// Checked first, since without descriptors loading the rest fails with an error that says nothing of them.
if (!hasDescriptors()) {
  console.error(
    "fanfare: there are too few file descriptors to start with; raise the limit, for example with ulimit -n 1024",
  );
  exit(2);
}
if (!hasWorkingDirectory()) {
  console.error("fanfare: the working directory was deleted; change to another one, and start again");
  exit(2);
}
const { run } = await import("./command.ts");
await run(argv.slice(2));
