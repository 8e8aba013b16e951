import { join } from "node:path";
import { runChild } from "./child.mjs";
import { root } from "./project.mjs";
import { findBun } from "./setup/bun-binary.mjs";

/**
 * Bun ends when this process ends, even by `kill -9`, and takes along what it started. It never fetches a package by
 * itself. Of the working directory it reads neither a `.env`, which could set anything, nor a `bunfig.toml`, which could
 * run code (SPEC CONFIG-1).
 */
const FLAGS = ["--no-orphans", "--no-install", "--no-env-file", `--config=${join(root, "bunfig.toml")}`];

/**
 * Runs Bun to its end.
 *
 * @param {string[]} args
 * @param {{ capture?: boolean }} [options] as for `runChild`
 */
export function runBun(args, options) {
  return runChild(findBun(), [...FLAGS, ...args], options);
}
