import { statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../project.mjs";
import { thisPlatform } from "./platform.mjs";
import { SetupError } from "./setup-error.mjs";

/** What stands in the binary's place until Bun's postinstall ran is a shell script of some hundred bytes. */
const SMALLEST_BINARY = 1_000_000;

/**
 * The Bun that npm installed. Its postinstall moves the binary from the platform's package into the package `bun`;
 * with `--ignore-scripts`, or an npm that asks before it runs install scripts, it stays where it was.
 *
 * @returns {string} its path
 */
export function findBun() {
  const platform = thisPlatform();
  const platformPackage = bunPackage(platform);
  const where = [platform.os, platform.cpu, platform.libc].filter(Boolean).join(" ");
  if (platformPackage === undefined) {
    throw new SetupError(`Bun does not run on ${where}: use Linux or macOS, on x64 or arm64.`);
  }
  const places = ["bun/bin/bun.exe", `${platformPackage}/bin/bun`];
  const found = places.map((place) => join(root, "node_modules", place)).find(isBinary);
  if (found === undefined) {
    throw new SetupError(`Bun for ${where} is not installed: run \`npm ci --include=optional\`.`);
  }
  return found;
}

/**
 * The npm package with the binary for a platform.
 *
 * @param {import("./platform.mjs").Platform} platform
 */
export function bunPackage({ os, cpu, libc }) {
  if (os !== "linux" && os !== "darwin") return undefined;
  if (cpu !== "x64" && cpu !== "arm64") return undefined;
  return `@oven/bun-${os}-${cpu === "arm64" ? "aarch64" : "x64"}${libc === "musl" ? "-musl" : ""}`;
}

/** @param {string} path */
function isBinary(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size > SMALLEST_BINARY;
}
