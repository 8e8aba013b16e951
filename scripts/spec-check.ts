/** Fails where a rule of SPEC.md that is not marked planned is quoted by no test, or a test quotes an unknown rule. */
import { Glob } from "bun";

const RULE = /^- \*\*([A-Z]+-\d+)\*\*( \*\(planned\)\*)?/gm;
const TITLE = /\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)*\(\s*(["'`])([\s\S]*?)\1/g;
const ID = /\b[A-Z]+-\d+\b/g;

const spec = await Bun.file("SPEC.md").text();
const ids = [...spec.matchAll(RULE)].map(([, id = ""]) => id);
const repeated = ids.filter((id, i) => ids.indexOf(id) !== i);
const rules = new Map([...spec.matchAll(RULE)].map(([, id = "", planned]) => [id, planned !== undefined]));
const prefixes = new Set([...rules.keys()].map((id) => id.replace(/\d+$/, "")));

const quoted = new Map<string, string>();
for (const pattern of ["packages/**/*.test.ts", "packages/**/*-contract.ts"]) {
  for await (const file of new Glob(pattern).scan({ cwd: "." })) {
    if (file.includes("node_modules")) continue;
    for (const [, , title = ""] of (await Bun.file(file).text()).matchAll(TITLE)) {
      for (const [id] of title.matchAll(ID)) if (prefixes.has(id.replace(/\d+$/, ""))) quoted.set(id, file);
    }
  }
}

const untested = [...rules].filter(([id, planned]) => !planned && !quoted.has(id)).map(([id]) => id);
const unknown = [...quoted].filter(([id]) => !rules.has(id));
if (rules.size === 0) console.error("SPEC.md has no rules: its form has changed, or this check is broken.");
for (const id of untested) console.error(`SPEC.md: no test quotes ${id} in its title.`);
for (const [id, file] of unknown) console.error(`${file}: quotes ${id}, which SPEC.md does not have.`);
for (const id of repeated) console.error(`SPEC.md: ${id} names two rules.`);
process.exit(rules.size === 0 || repeated.length > 0 || untested.length > 0 || unknown.length > 0 ? 1 : 0);
