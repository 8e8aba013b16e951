/** `npm run bench`: loads servers of its own and reports what they do. */

import { constants } from "node:os";
import { type Command, HELP, parseCommandLine, UsageError } from "./command-line.ts";
import { RunScope } from "./processes/run-scope.ts";
import { runQuick } from "./quick.ts";
import { runSaturation } from "./saturation.ts";

/** Past this a run is stuck. Milliseconds, besides what a command takes by itself. */
const SPARE = 90_000;
const QUICK = 90_000;
const WEB = 300_000;

const scope = new RunScope();
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, async () => {
    if (interrupted) return; // Ctrl-C arrives from the terminal and from npm
    interrupted = true;
    await scope.clear();
    process.exit(128 + constants.signals[signal]);
  });
}

try {
  const command = parseCommandLine(process.argv.slice(2));
  const passed = await Promise.race([run(command), overdue(command)]);
  await scope.clear();
  if (!interrupted) process.exit(passed ? 0 : 1);
} catch (error) {
  if (!interrupted) {
    await scope.clear();
    const text = error instanceof Error ? error.message : String(error);
    console.error(`fanfare bench: ${text}`);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}

async function run(command: Command): Promise<boolean> {
  switch (command.command) {
    case "help":
      console.log(HELP);
      return true;
    case "quick":
      return runQuick(scope, command);
    case "saturation":
      return runSaturation(scope, command);
    case "web": {
      // What drives a browser is loaded where it is wanted alone.
      const { runWeb } = await import("./web/run-web.ts");
      return runWeb(scope, command);
    }
  }
}

async function overdue(command: Command): Promise<never> {
  const time = timeOf(command);
  await Bun.sleep(time + SPARE);
  throw new Error(`still not done after ${(time + SPARE) / 1000} s; given up`);
}

function timeOf(command: Command): number {
  if (command.command === "saturation") return command.seconds * 1000;
  return command.command === "web" ? WEB : QUICK;
}
