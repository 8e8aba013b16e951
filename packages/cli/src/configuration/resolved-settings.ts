import { UsageError } from "../usage-error.ts";
import { requireUtf8 } from "../utf8.ts";
import { type Environment, FILE_VARIABLE, readEnvironment } from "./environment.ts";
import { readFile } from "./file.ts";
import type { CommandLine } from "./flags.ts";
import type { Layer } from "./layer.ts";
import type { Setting } from "./setting.ts";
import { KEYS, type Key, SETTINGS, type ValueOf } from "./settings.ts";
import { DEFAULT, type Sourced } from "./source.ts";

/** Every setting's value and where it comes from. */
export type ResolvedSettings = { readonly [K in Key]: Sourced<ValueOf<K>> };

/** Merges defaults < file < environment < flags. @throws {UsageError} for any mistake in any of them. */
export function resolveSettings(commandLine: CommandLine, environment: Environment): ResolvedSettings {
  const file = commandLine.file ?? fileOf(environment);
  const layers = [readFile(file), readEnvironment(environment), commandLine.layer];
  return Object.fromEntries(KEYS.map((key) => [key, resolve(key, layers)])) as ResolvedSettings;
}

function fileOf(environment: Environment): CommandLine["file"] {
  const file = environment[FILE_VARIABLE];
  if (file === undefined) return undefined;
  if (file === "") throw new UsageError(`${FILE_VARIABLE} is empty; it takes a file such as fanfare.toml`);
  requireUtf8(FILE_VARIABLE, file);
  return { file, source: { kind: "variable", name: FILE_VARIABLE } };
}

/** Parses the value of every layer, because a wrong value is a mistake even where a higher layer replaces it. */
function resolve(key: Key, layers: readonly Layer[]): Sourced<unknown> {
  const setting = SETTINGS[key] as Setting<unknown>;
  let result: Sourced<unknown> = { value: setting.default, source: DEFAULT };
  for (const layer of layers) {
    const raw = layer.get(key);
    if (raw === undefined) continue;
    const value = setting.type.parse(raw);
    result = { value: setting.merge ? setting.merge(result.value, value) : value, source: raw.source };
  }
  return result;
}
