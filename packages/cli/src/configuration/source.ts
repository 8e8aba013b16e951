import { dirname } from "node:path";
import { cwd } from "node:process";

/** Where a value comes from. */
export type Source =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  /** The variable that other programs use, too: `PORT`. */
  | { readonly kind: "shared-variable"; readonly name: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "flag"; readonly name: string };

/** A value and where it comes from. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: Source;
}

export const DEFAULT: Source = { kind: "default" };

const PRECEDENCE = { default: 0, file: 1, "shared-variable": 2, variable: 3, flag: 4 } as const;

/** The value of the higher precedence wins. */
export function precedence({ kind }: Source): number {
  return PRECEDENCE[kind];
}

/** As errors and `fanfare config` show it: `fanfare.toml:3:8`, `FANFARE_PORT`, `--port`. */
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

/** The directory that a relative path starts from: the file's own, or else the working directory. */
export function directoryOf(source: Source): string {
  return source.kind === "file" ? dirname(source.file) : cwd();
}
