/**
 * Reads the declarations that the compiler writes: one form, four spaces a level, a docstring right before what it is
 * about. (The TypeScript of this repository has no API to parse with yet.)
 */

export interface Declared {
  readonly name: string;
  readonly kind: "class" | "function" | "type" | "value";
  /** What is said of it, without the stars. */
  readonly doc: string;
  /** As it stands there, without `export declare`. */
  readonly code: string;
}

/** A member of a class. */
export interface Member {
  readonly name: string;
  readonly doc: string;
  readonly code: string;
}

export interface Exported {
  readonly name: string;
  /** The specifier of the file that it comes from; undefined for what is declared on the spot. */
  readonly from: string | undefined;
}

const EXPORTS = /^export (?:type )?\{([^}]*)\} from "([^"]+)";/gm;
const KINDS = [
  [/^(?:abstract )?class (\w+)/, "class"],
  [/^function (\w+)/, "function"],
  [/^(?:interface|type) (\w+)/, "type"],
  [/^const (\w+)/, "value"],
] as const;

/** What a file exports, in its order. */
export function exportsOf(text: string): Exported[] {
  const passedOn = [...text.matchAll(EXPORTS)].flatMap(([, names = "", from]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .map((name) => ({ name, from })),
  );
  const own = declarationsOf(text, /^export (?:declare )?(?!\{|type \{|\*)/);
  return [...passedOn, ...own.map(({ name }) => ({ name, from: undefined }))];
}

/** What a file declares at its top level; the overloads of a function are one. */
export function declarationsOf(text: string, starts = /^(?:export )?(?:declare )?(?=\S)/): Declared[] {
  const all = chunksOf(text, 0).flatMap(({ doc, code }) => {
    if (!starts.test(code)) return [];
    const bare = code.replace(/^export /, "").replace(/^declare /, "");
    for (const [pattern, kind] of KINDS) {
      const name = pattern.exec(bare)?.[1];
      if (name !== undefined) return [{ name, kind, doc, code: bare }];
    }
    return [];
  });
  return merged(all);
}

/** Makes one of those that have the same name. */
function merged<T extends Member>(all: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const each of all) {
    const before = byName.get(each.name);
    byName.set(each.name, {
      ...each,
      doc: [before?.doc, each.doc].filter(Boolean).join("\n\n"),
      code: [before?.code, each.code].filter(Boolean).join("\n"),
    });
  }
  return [...byName.values()];
}

/** The public members of a class; the overloads of one are one. */
export function membersOf(code: string): Member[] {
  const body = code.slice(code.indexOf("{\n") + 2, code.lastIndexOf("}"));
  return merged(
    chunksOf(body, 4).flatMap(({ doc, code: signature }) => {
      if (/^(#|private |protected )/.test(signature)) return [];
      const name = /^(?:readonly |get |static |abstract )*(\[?[\w.]+\]?)/.exec(signature)?.[1] ?? signature;
      return [{ name, doc, code: signature }];
    }),
  );
}

/** Takes a text apart where a line begins at `indent` outside of what is open; docstrings go with what follows. */
function chunksOf(text: string, indent: number): { doc: string; code: string }[] {
  const margin = " ".repeat(indent);
  const chunks: { doc: string; code: string }[] = [];
  let doc: string[] = [];
  let inDoc = false;
  for (const line of text.split("\n")) {
    const bare = line.slice(indent);
    const last = chunks.at(-1);
    if (last !== undefined && isOpen(last.code)) last.code += line.trim() === "" ? "" : `\n${bare}`;
    else if (inDoc || line.startsWith(`${margin}/**`)) {
      if (!inDoc) doc = [];
      doc.push(line.trim());
      inDoc = !line.endsWith("*/");
    } else if (line.startsWith(margin) && /^\S/.test(bare)) {
      chunks.push({ doc: proseOf(doc), code: bare });
      doc = [];
    }
  }
  return chunks;
}

/** Whether a declaration goes on: brackets are open, or a type is still to come. */
function isOpen(code: string): boolean {
  const bare = code.replace(/\/\*.*?\*\//gs, "").replace(/"[^"\n]*"/g, "");
  const depth = (bare.match(/[([{]/g)?.length ?? 0) - (bare.match(/[)\]}]/g)?.length ?? 0);
  return depth > 0 || /[=|&:]$/.test(bare.trimEnd()) || code.lastIndexOf("/*") > code.lastIndexOf("*/");
}

function proseOf(doc: readonly string[]): string {
  return doc
    .map((line) => line.replace(/^\/\*\* ?|^\*\/|^\* ?/, "").replace(/ ?\*\/$/, ""))
    .join("\n")
    .trim();
}
