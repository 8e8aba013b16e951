/**
 * The numbers of a JUnit report as `bun test` writes it: they stand on its root element.
 *
 * @param {string} xml
 * @returns {import("./tally.mjs").Tally | undefined} nothing if this is no such report
 */
export function readJunitReport(xml) {
  const rootElement = /<testsuites\s[^>]*>/.exec(xml)?.[0];
  if (rootElement === undefined) return undefined;
  const count = (/** @type {string} */ name) =>
    Number(new RegExp(`\\s${name}="(\\d+)"`).exec(rootElement)?.[1]);
  const failed = count("failures");
  const skipped = count("skipped");
  const passed = count("tests") - failed - skipped;
  return Number.isInteger(passed) ? { passed, failed, skipped } : undefined;
}
