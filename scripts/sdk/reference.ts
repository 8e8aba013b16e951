/** `docs/api.md`: what the SDK exports, from its declarations and their docstrings. */
import { posix } from "node:path";
import { type Declared, declarationsOf, exportsOf, membersOf } from "./declared.ts";

const HEAD = `# The SDK's API

<!-- Written by \`npm run build -w @fanfare/client\` from the source's docstrings: change those. -->

How to use it is in [sdk.md](sdk.md).
`;

/** @param files the published declarations: path → text */
export function referenceOf(files: ReadonlyMap<string, string>): string {
  const core = resolveAll(files, "index.d.ts");
  const known = new Set(core.map(({ name }) => name));
  const hooks = resolveAll(files, "react/index.d.ts").filter(({ name }) => !known.has(name));
  return [
    HEAD,
    "## `@fanfare/client`\n",
    contentsOf(core),
    ...sorted(core).map(sectionOf),
    "## `@fanfare/client/react`\n",
    contentsOf(hooks),
    ...sorted(hooks).map(sectionOf),
  ].join("\n");
}

function resolveAll(files: ReadonlyMap<string, string>, path: string): Declared[] {
  return exportsOf(read(files, path)).map(({ name, from }) => find(files, path, name, from));
}

/** Follows an export to its declaration, through files that pass it on. */
function find(
  files: ReadonlyMap<string, string>,
  path: string,
  name: string,
  from: string | undefined,
): Declared {
  const file = from === undefined ? path : posix.join(posix.dirname(path), from.replace(/\.js$/, ".d.ts"));
  const text = read(files, file);
  const declared = declarationsOf(text).find((each) => each.name === name);
  if (declared !== undefined) return declared;
  const onward = exportsOf(text).find((each) => each.name === name);
  const starred = [...text.matchAll(/^export \* from "([^"]+)";/gm)].map(([, specifier]) => specifier);
  for (const next of [onward?.from, ...starred]) {
    if (next !== undefined) return find(files, file, name, next);
  }
  throw new Error(`${name} is exported by ${path}, and declared nowhere`);
}

function read(files: ReadonlyMap<string, string>, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not published`);
  return text;
}

const ORDER = ["class", "function", "value", "type"] as const;

/** Classes as they are exported, functions likewise, then types by name. */
function sorted(all: readonly Declared[]): Declared[] {
  return ORDER.flatMap((kind) => {
    const some = all.filter((each) => each.kind === kind);
    return kind === "type" ? some.sort((a, b) => (a.name < b.name ? -1 : 1)) : some;
  });
}

function contentsOf(all: readonly Declared[]): string {
  return `${sorted(all)
    .map(({ name }) => `[\`${name}\`](#${name.toLowerCase()})`)
    .join(" · ")}\n`;
}

function sectionOf({ name, kind, doc, code }: Declared): string {
  if (kind !== "class") return `### ${name}\n\n${prose(doc)}${block(code)}`;
  const members = membersOf(code).map(
    (member) => `#### ${name}.${member.name}\n\n${block(member.code)}${prose(member.doc)}`,
  );
  return [`### ${name}\n`, prose(doc) + block(code.slice(0, code.indexOf(" {\n"))), ...members].join("\n");
}

function block(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\`\n`;
}

/** A docstring as Markdown: its tags become lines of their own. */
function prose(doc: string): string {
  if (doc === "") return "";
  const text = doc
    .replace(/^@param (\S+)( - | )?/gm, "\n- `$1`: ")
    .replace(/^@typeParam (\S+) ?/gm, "\n- `$1`: ")
    .replace(/^@returns? ?/gm, "\n- returns ")
    .replace(/([^\n]) @returns? /g, "$1 Returns ")
    .replace(
      /(?:^|([^\n]) )@throws (\{(\w+)\} ?)?/gm,
      (_, before = "", __, type = "") => `${before}\n\n- throws ${type === "" ? "" : `\`${type}\` `}`,
    );
  return `${text
    .trim()
    .replace(/\n{3,}/g, "\n\n")
    .replace(/(^- .*)\n\n(?=- )/gm, "$1\n")}\n\n`;
}
