import { env, exit } from "node:process";
import { parseFlags } from "./configuration/flags.ts";
import { didYouMean } from "./configuration/nearest.ts";
import { resolveSettings } from "./configuration/resolved-settings.ts";
import { CONFIG_HELP, HELP } from "./help.ts";
import { revoke } from "./revoke.ts";
import { serve } from "./serve.ts";
import { showConfig } from "./show-config.ts";
import { token } from "./token.ts";
import { UsageError } from "./usage-error.ts";
import { requireUtf8 } from "./utf8.ts";
import { version } from "./version.ts";

/** Runs the command that the command line names; a mistake in it is one sentence and exit code 2. */
export async function run(words: readonly string[]): Promise<void> {
  try {
    for (const [i, word] of words.entries()) requireUtf8(`argument ${i + 1}`, word);
    await dispatch(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`fanfare: ${error.message}`);
    exit(2);
  }
}

async function dispatch([command, ...args]: readonly string[]): Promise<void> {
  switch (command) {
    case "serve":
      await serve(args);
      break;
    case "config": {
      const commandLine = parseFlags(args, "config");
      console.log(commandLine.help ? CONFIG_HELP : showConfig(resolveSettings(commandLine, env)));
      break;
    }
    case "token":
      await token(args);
      break;
    case "revoke":
      await revoke(args);
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
    default: {
      const near = didYouMean(
        command,
        ["serve", "config", "token", "revoke", "help"],
        "the one to start is: fanfare serve",
      );
      throw new UsageError(
        `there is no command ${JSON.stringify(command)}${near} (fanfare --help lists them)`,
      );
    }
  }
}
