import { dirname } from "node:path";
import { cwd } from "node:process";

/** Where a value comes from. */
export type Source =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  /** The variable that is not ours alone: `PORT`. */
  | { readonly kind: "shared-variable"; readonly name: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "flag"; readonly name: string };

export const DEFAULT: Source = { kind: "default" };

const RANKS = { default: 0, file: 1, "shared-variable": 2, variable: 3, flag: 4 } as const;

/** The value of the higher rank holds. */
export function rank({ kind }: Source): number {
  return RANKS[kind];
}

/** For people: `fanfare.toml:3:8`, `FANFARE_PORT`, `--port`. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case "default":
      return "default";
    case "file":
      return `${source.file}:${source.line}:${source.column}`;
    default:
      return source.name;
  }
}

/** The directory from which a relative path is meant: a file's own, or else where the command was called. */
export function directoryOf(source: Source): string {
  return source.kind === "file" ? dirname(source.file) : cwd();
}
