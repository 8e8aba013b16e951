import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../project.mjs";
import { withInstallLock } from "./install-lock.mjs";
import { missingPackages, readLockFile } from "./lock-file.mjs";
import { npm } from "./npm.mjs";
import { thisPlatform } from "./platform.mjs";
import { SetupError } from "./setup-error.mjs";

/** @typedef {{ dev: boolean }} Scope whether the developer's tools are needed, too */

/**
 * Installs what the lock file names unless it is there, which takes a few milliseconds to find out.
 *
 * @param {Scope} scope
 */
export async function ensureInstalled(scope) {
  if (missing(scope).length === 0) return;
  await withInstallLock(
    join(root, ".install-lock"),
    async () => {
      if (missing(scope).length > 0) await install(scope);
    },
    { onWait: () => say("Waiting for another process to finish installing…") },
  );
}

/** @param {Scope} scope */
async function install(scope) {
  say("Installing Bun and what Fanfare needs (once)…");
  // `npm ci` removes everything first, so it must install the developer's tools again where they were.
  const dev = scope.dev || hasDevPackages();
  // Said aloud, because NODE_ENV and npm's settings may say otherwise.
  const wanted = ["--include=optional", dev ? "--include=dev" : "--omit=dev"];
  await npm(["ci", ...wanted, "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]);
  const left = missing(scope);
  if (left.length > 0) {
    throw new SetupError(`npm did not install ${left.join(", ")}: run \`npm ci\` and see what it says.`);
  }
}

/** @param {Scope} scope */
function missing({ dev }) {
  return missingPackages(locked(), readLockFile(join(root, "node_modules/.package-lock.json")), {
    dev,
    platform: thisPlatform(),
    exists: isThere,
  });
}

function hasDevPackages() {
  return Object.entries(locked()).some(([path, { dev }]) => dev === true && isThere(path));
}

function locked() {
  return readLockFile(join(root, "package-lock.json"));
}

/** @param {string} path below the root */
function isThere(path) {
  return existsSync(join(root, path));
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
