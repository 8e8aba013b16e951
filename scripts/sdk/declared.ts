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

/** What a file declares at its top level. */
export function declarationsOf(text: string, starts = /^(?:export )?(?:declare )?(?=\S)/): Declared[] {
  return chunksOf(text, 0).flatMap(({ doc, code }) => {
    if (!starts.test(code)) return [];
    const bare = code.replace(/^export /, "").replace(/^declare /, "");
    for (const [pattern, kind] of KINDS) {
      const name = pattern.exec(bare)?.[1];
      if (name !== undefined) return [{ name, kind, doc, code: bare }];
    }
    return [];
  });
}

/** The public members of a class; the overloads of one are one. */
export function membersOf(code: string): Member[] {
  const members = new Map<string, Member>();
  const body = code.slice(code.indexOf("{\n") + 2, code.lastIndexOf("}"));
  for (const { doc, code: signature } of chunksOf(body, 4)) {
    if (/^(#|private |protected )/.test(signature)) continue;
    const name = /^(?:readonly |get |static |abstract )*(\[?[\w.]+\]?)/.exec(signature)?.[1] ?? signature;
    const before = members.get(name);
    members.set(name, {
      name,
      doc: [before?.doc, doc].filter(Boolean).join("\n\n"),
      code: [before?.code, signature].filter(Boolean).join("\n"),
    });
  }
  return [...members.values()];
}

/** Takes a text apart where a line begins at `indent` and is no closing bracket; docstrings go with what follows. */
function chunksOf(text: string, indent: number): { doc: string; code: string }[] {
  const margin = " ".repeat(indent);
  const chunks: { doc: string; code: string }[] = [];
  let doc: string[] = [];
  let open = false;
  for (const line of text.split("\n")) {
    const own = line.startsWith(margin) && !/^[\s})\]>]/.test(line.slice(indent));
    const isDoc = line.startsWith(`${margin}/**`) || (line.startsWith(`${margin} *`) && !open);
    if (isDoc) {
      if (line.startsWith(`${margin}/**`)) doc = [];
      doc.push(line.trim());
      open = false;
    } else if (own) {
      chunks.push({ doc: proseOf(doc), code: line.slice(indent) });
      doc = [];
      open = true;
    } else {
      const last = chunks.at(-1);
      if (last !== undefined && line.trim() !== "") last.code += `\n${line.slice(indent)}`;
    }
  }
  return chunks;
}

function proseOf(doc: readonly string[]): string {
  return doc
    .map((line) => line.replace(/^\/\*\* ?|^\*\/|^\* ?/, "").replace(/ ?\*\/$/, ""))
    .join("\n")
    .trim();
}
