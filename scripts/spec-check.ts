/**
 * Fails where a rule of SPEC.md that is not marked planned is quoted by no test, where a test quotes a rule that does not
 * hold any more or does not exist, and where an id names two rules.
 */
import { join } from "node:path";
import { Glob } from "bun";

const RULE = /^- \*\*([A-Z]+-\d+)\*\*( \*\(planned\)\*)?/gm;
/** A rule that held until a version: `- ~~**ROOM-2**~~ (until 0.2: what it said)`. */
const RETIRED = /^- ~~\*\*([A-Z]+-\d+)\*\*~~ \(until \d+\.\d+: \S/gm;
const ANY_RETIRED = /^- ~~.*/gm;
const TITLE = /\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)*\(\s*(["'`])([\s\S]*?)\1/g;
const ID = /\b[A-Z]+-\d+\b/g;

/** @returns a sentence for each fault */
export async function specFaults(root: string): Promise<string[]> {
  const spec = await Bun.file(join(root, "SPEC.md")).text();
  const rules = new Map([...spec.matchAll(RULE)].map(([, id = "", planned]) => [id, planned !== undefined]));
  const retired = new Set([...spec.matchAll(RETIRED)].map(([, id = ""]) => id));
  const ids = [...spec.matchAll(RULE), ...spec.matchAll(RETIRED)].map(([, id = ""]) => id);
  const prefixes = new Set(ids.map(prefixOf));
  const quoted = await readQuotes(root, prefixes);
  const faults: string[] = [];
  if (rules.size === 0) faults.push("SPEC.md has no rules: its form has changed, or this check is broken.");
  for (const [line] of spec.matchAll(ANY_RETIRED)) {
    if (line.match(RETIRED) === null)
      faults.push(`SPEC.md: a retired rule is "- ~~**ID**~~ (until VERSION: text)", not "${line}".`);
  }
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) {
    faults.push(
      retired.has(id) ? `SPEC.md: ${id} is retired, and in use again.` : `SPEC.md: ${id} names two rules.`,
    );
  }
  for (const [id, planned] of rules) {
    if (!planned && !quoted.has(id)) faults.push(`SPEC.md: no test quotes ${id} in its title.`);
  }
  for (const [id, file] of quoted) {
    if (retired.has(id)) faults.push(`${file}: quotes ${id}, which is retired.`);
    else if (!rules.has(id)) faults.push(`${file}: quotes ${id}, which SPEC.md does not have.`);
  }
  return faults;
}

/** The ids in titles of tests, each with one of the files that quote it. */
async function readQuotes(root: string, prefixes: ReadonlySet<string>): Promise<Map<string, string>> {
  const quoted = new Map<string, string>();
  for (const pattern of ["packages/**/*.test.ts", "packages/**/*-contract.ts"]) {
    for await (const file of new Glob(pattern).scan({ cwd: root })) {
      if (file.includes("node_modules")) continue;
      for (const [, , title = ""] of (await Bun.file(join(root, file)).text()).matchAll(TITLE)) {
        for (const [id] of title.matchAll(ID)) if (prefixes.has(prefixOf(id))) quoted.set(id, file);
      }
    }
  }
  return quoted;
}

function prefixOf(id: string): string {
  return id.replace(/\d+$/, "");
}

if (import.meta.main) {
  const faults = await specFaults(".");
  for (const fault of faults) console.error(fault);
  process.exit(faults.length > 0 ? 1 : 0);
}
