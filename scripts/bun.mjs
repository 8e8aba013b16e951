import { runChild } from "./child.mjs";
import { findBun } from "./setup/bun-binary.mjs";

/**
 * Runs Bun to its end. It goes when we go, even by `kill -9`, and takes along what it started; and it never fetches
 * a package by itself.
 *
 * @param {string[]} args
 * @param {{ capture?: boolean }} [options] as for `runChild`
 */
export function runBun(args, options) {
  return runChild(findBun(), ["--no-orphans", "--no-install", ...args], options);
}
