/** The `fanfare` command. Runs on Bun; `bin/fanfare.mjs` finds it. */
import { argv, exit } from "node:process";
import { EngineError } from "@fanfare/server";
import { serve } from "./serve.ts";
import { HELP, UsageError } from "./usage.ts";
import { version } from "./version.ts";

const [command, ...args] = argv.slice(2);

try {
  switch (command) {
    case "serve":
      await serve(args);
      break;
    case "--version":
    case "-v":
      console.log(version);
      break;
    case undefined:
    case "help":
    case "--help":
    case "-h":
      console.log(HELP);
      break;
    default:
      throw new UsageError(
        `there is no command ${JSON.stringify(command)}; the one to start is: fanfare serve`,
      );
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof EngineError)) throw error;
  console.error(`fanfare: ${error.message}`);
  exit(error instanceof UsageError ? 2 : 1);
}
