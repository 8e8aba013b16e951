import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../usage-error.ts";
import type { Layer } from "./layer.ts";
import { nearest } from "./nearest.ts";
import { isTable, type RawTable, type RawValue } from "./raw-value.ts";
import { KEYS, type Key } from "./settings.ts";
import { describeSource, type Source } from "./source.ts";
import { parseToml } from "./toml.ts";

/** The file that is read, if it exists, unless another one is named. */
export const USUAL_FILE = "fanfare.toml";

/**
 * Reads the settings that a configuration file sets.
 * @param named the file and the flag or variable that names it; unless given, the usual file, if it exists.
 * @throws {UsageError} with the location, for what cannot be read, is not TOML or is not a setting.
 */
export function readFile(named: { readonly file: string; readonly source: Source } | undefined): Layer {
  const file = resolve(named?.file ?? USUAL_FILE);
  const text = textOf(file, named?.source);
  if (text === undefined) return new Map();
  const root = parseToml(
    text,
    ({ line, column }) => ({ kind: "file", file, line, column }),
    (line, column) => `${file}:${line}:${column}:`,
  );
  const layer = new Map<Key, RawValue>();
  collect(root, "", layer);
  return layer;
}

function textOf(file: string, source: Source | undefined): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (source === undefined && code === "ENOENT") return undefined;
    const named = source === undefined ? "" : `, which ${describeSource(source)} names,`;
    const why = {
      ENOENT: "is not there; correct its path or leave it out",
      EISDIR: "is a directory; name the file in it",
      EACCES: "may not be read by this user; change its permissions",
      ERR_ENCODING_INVALID_ENCODED_DATA: "is not UTF-8 text; save it as such",
    }[code];
    throw new UsageError(
      `the configuration file ${file}${named} ${why ?? `cannot be read (${code || String(error)}); see to that`}`,
    );
  }
}

/** A table that is not a setting itself contains settings. */
function collect(table: RawTable, prefix: string, layer: Map<Key, RawValue>): void {
  for (const [name, raw] of table) {
    const path = prefix + name;
    const key = KEYS.find((each) => each === path);
    if (key !== undefined) layer.set(key, raw);
    else if (isTable(raw.value) && KEYS.some((each) => each.startsWith(`${path}.`))) {
      collect(raw.value, `${path}.`, layer);
    } else {
      const near = nearest(path, KEYS);
      const help = near === undefined ? "; fanfare config shows those there are" : `, did you mean ${near}?`;
      throw new UsageError(`${describeSource(raw.source)}: there is no setting ${path}${help}`);
    }
  }
}
