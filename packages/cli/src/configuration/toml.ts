import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { UsageError } from "../usage-error.ts";
import type { RawTable, RawValue } from "./raw-value.ts";
import type { Source } from "./source.ts";

/** The source of the value at a position of the text. */
export type Place = (position: { readonly line: number; readonly column: number }) => Source;

type Table = Map<string, RawValue>;

/**
 * Parses TOML 1.0; each value has its location, and its full key as its name.
 * @throws {UsageError} with line and column, for a text that is not TOML.
 */
export function parseToml(
  text: string,
  place: Place,
  describe: (line: number, column: number) => string,
): RawTable {
  const root: Table = new Map();
  for (const node of syntaxOf(text, describe).body[0].body) {
    if (node.type === "TOMLKeyValue") put(root, node, [], place);
    else {
      const table = tableAt(root, node.resolvedKey, source(node.key, place));
      for (const pair of node.body) put(table, pair, node.resolvedKey, place);
    }
  }
  return root;
}

function syntaxOf(text: string, describe: (line: number, column: number) => string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: "1.0.0" });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { lineNumber, column, message } = error;
    const why = message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, "");
    throw new UsageError(`${describe(lineNumber, column + 1)} this is not TOML: ${why}; mend that line`);
  }
}

function put(table: Table, { key, value }: AST.TOMLKeyValue, outer: Path, place: Place): void {
  const names = key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
  const last = names.pop() ?? "";
  const inner = tableAt(table, names, source(key, place), outer);
  inner.set(last, read(value, [...outer, ...names, last], source(key, place), place));
}

/** @param at the location of the key, which is what people look for */
function read(node: AST.TOMLContentNode, path: Path, at: Source, place: Place): RawValue {
  const raw = (value: RawValue["value"]): RawValue => ({ name: nameOf(path), source: at, value });
  switch (node.type) {
    case "TOMLArray":
      return raw(node.elements.map((element) => read(element, path, source(element, place), place)));
    case "TOMLInlineTable": {
      const table: Table = new Map();
      for (const pair of node.body) put(table, pair, path, place);
      return raw(table);
    }
    case "TOMLValue":
      return raw(node.value instanceof Date ? node.value.toISOString() : node.value);
  }
}

/** Keys, and the indices of tables in a list. */
type Path = readonly (string | number)[];

/** The table at a path, created if it is missing. The parser refuses a path that leads to something else. */
function tableAt(root: Table, path: Path, at: Source, outer: Path = []): Table {
  let table = root;
  for (let i = 0; i < path.length; i++) {
    const [name, index] = [String(path[i]), path[i + 1]];
    const here = nameOf([...outer, ...path.slice(0, i + 1)]);
    if (typeof index === "number") {
      const list = (table.get(name)?.value ?? []) as RawValue[];
      if (!table.has(name)) table.set(name, { name: here, source: at, value: list });
      list[index] ??= { name: here, source: at, value: new Map() };
      table = list[index].value as Table;
      i++;
    } else {
      const found = table.get(name) ?? { name: here, source: at, value: new Map() as Table };
      table.set(name, found);
      table = found.value as Table;
    }
  }
  return table;
}

/** The path without indices. */
function nameOf(path: Path): string {
  return path.filter((part) => typeof part === "string").join(".");
}

function source({ loc }: AST.TOMLNode, place: Place): Source {
  return place({ line: loc.start.line, column: loc.start.column + 1 });
}
