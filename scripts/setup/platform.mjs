/**
 * Where this process runs, in npm's words.
 *
 * @typedef {object} Platform
 * @property {string} os
 * @property {string} cpu
 * @property {"glibc" | "musl" | undefined} libc only on Linux
 */

/** @returns {Platform} */
export function thisPlatform() {
  return { os: process.platform, cpu: process.arch, libc: thisLibc() };
}

/**
 * Whether a package that names its platforms is for the given one. Names may be negated: `!win32`.
 *
 * @param {{ os?: string[], cpu?: string[], libc?: string[] }} wanted
 * @param {Platform} platform
 */
export function suits(wanted, platform) {
  return (
    admits(wanted.os, platform.os) && admits(wanted.cpu, platform.cpu) && admits(wanted.libc, platform.libc)
  );
}

/**
 * @param {string[] | undefined} names
 * @param {string | undefined} name
 */
function admits(names, name) {
  if (names === undefined || names.length === 0) return true;
  if (name === undefined || names.includes(`!${name}`)) return false;
  return names.includes(name) || names.every((each) => each.startsWith("!"));
}

/** The same evidence as npm's, so that we never miss a package that npm leaves out on purpose. */
function thisLibc() {
  if (process.platform !== "linux") return undefined;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime ? "glibc" : "musl";
}
