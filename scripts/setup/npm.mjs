import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Interrupted, runChild } from "../child.mjs";
import { root } from "../project.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * Runs npm in the repository's root and shows what it said only if it failed.
 *
 * @param {string[]} args
 */
export async function npm(args) {
  const [command, ...first] = npmCommand();
  const cache = hasCache() ? undefined : mkdtempSync(join(tmpdir(), "fanfare-npm-"));
  const flags = cache === undefined ? [] : [`--cache=${cache}`];
  try {
    const { code, interruption, output } = await runChild(command, [...first, ...args, ...flags], {
      cwd: root,
      capture: true,
      patience: 1_500, // npm would first wait for its downloads; the next start mends what it leaves
    });
    if (interruption !== null) throw new Interrupted(interruption);
    if (code === 0) return;
    process.stderr.write(output);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
    throw new SetupError("npm is not on the PATH: install it, it comes with Node.");
  } finally {
    if (cache !== undefined) rmSync(cache, { recursive: true, force: true });
  }
  throw new SetupError(
    `\`npm ${args[0]}\` failed, as shown above: mend its cause and run this command again.`,
  );
}

/**
 * The npm that started us, or else the one on the PATH.
 *
 * @returns {[string, ...string[]]}
 */
function npmCommand() {
  const script = process.env.npm_execpath;
  // Yarn, pnpm and Bun set the variable as well, to themselves.
  return script && basename(script) === "npm-cli.js" ? [process.execPath, script] : ["npm"];
}

/** Whether npm can keep its cache where it would: not if the user has no home, as in many containers. */
function hasCache() {
  let folder = process.env.npm_config_cache ?? join(homedir(), ".npm");
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
