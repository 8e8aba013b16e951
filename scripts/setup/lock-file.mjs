import { readFileSync } from "node:fs";
import { suits } from "./platform.mjs";

/**
 * What a lock file says of one package (npm's lockfileVersion 3).
 *
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [link] a workspace, linked into `node_modules`
 * @property {boolean} [dev]
 * @property {boolean} [devOptional] dispensable without the developer's tools, needed with them
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 */

/** @typedef {Record<string, LockedPackage>} LockedPackages by path below the root */

/**
 * @param {string} file
 * @returns {LockedPackages} empty if there is no readable lock file
 */
export function readLockFile(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}

/**
 * The paths of needed packages that are not there, or are others than the lock file names.
 *
 * @param {LockedPackages} locked what `package-lock.json` asks for
 * @param {LockedPackages} installed what `node_modules/.package-lock.json` says is there
 * @param {object} scope
 * @param {boolean} scope.dev whether the developer's tools are needed, too
 * @param {import("./platform.mjs").Platform} scope.platform
 * @param {(path: string) => boolean} scope.exists whether a path below the root is really there
 */
export function missingPackages(locked, installed, { dev, platform, exists }) {
  return Object.entries(locked)
    .filter(([path, wanted]) => {
      if (!path.includes("node_modules/")) return false; // the root, and the workspaces' own folders
      if ((wanted.dev || wanted.devOptional) && !dev) return false;
      if ((wanted.optional || wanted.devOptional) && !suits(wanted, platform)) return false;
      const found = installed[path];
      if (found === undefined) return true;
      if (found.version !== wanted.version || found.integrity !== wanted.integrity) return true;
      return !exists(`${path}/package.json`);
    })
    .map(([path]) => path);
}
