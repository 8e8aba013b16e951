import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";
import type { Layer } from "./layer.ts";
import { nearest } from "./nearest.ts";
import type { RawValue } from "./raw-value.ts";
import { flagOf } from "./setting.ts";
import { KEYS, type Key, SETTINGS } from "./settings.ts";
import type { Source } from "./source.ts";

export interface CommandLine {
  readonly layer: Layer;
  /** The file that `--config` names. */
  readonly file: { readonly file: string; readonly source: Source } | undefined;
  readonly help: boolean;
}

/** Names the configuration file. */
export const FILE_FLAG = "--config";
const HELP_FLAG = "--help";
/** The flag of a setting without a placeholder takes no value: it switches the setting on. */
const FLAGS = new Map(
  KEYS.flatMap((key) => {
    const flag = flagOf(key, SETTINGS[key]);
    return flag === undefined ? [] : [[flag, { key, takesValue: SETTINGS[key].type.placeholder !== "" }]];
  }),
);

/** @throws {UsageError} for an unknown flag, a flag without its value and a word that is not a flag. */
export function parseFlags(args: readonly string[], command: string): CommandLine {
  const layer = new Map<Key, RawValue>();
  let file: CommandLine["file"];
  let help = false;
  const see = `fanfare ${command} --help lists the flags`;
  for (const { flag, text } of tokens(args, see)) {
    if (flag === HELP_FLAG) {
      help = true;
      continue;
    }
    const source: Source = { kind: "flag", name: flag };
    const found = FLAGS.get(flag);
    if (found === undefined && flag !== FILE_FLAG) {
      const near = nearest(flag, [...FLAGS.keys(), FILE_FLAG, HELP_FLAG]);
      throw new UsageError(
        `there is no flag ${flag}${near === undefined ? "" : `, did you mean ${near}?`} (${see})`,
      );
    }
    if (text === undefined && found?.takesValue !== false) {
      throw new UsageError(`${flag} has no value; write ${flag}=${placeholder(found?.key)} (${see})`);
    }
    if (found === undefined) file = { file: text ?? "", source };
    else add(layer, found.key, { name: flag, source, value: text ?? true });
  }
  return { layer, file, help };
}

function placeholder(key: Key | undefined): string {
  return key === undefined ? "FILE" : SETTINGS[key].type.placeholder;
}

/** The last value wins, unless the flag is repeatable. */
function add(layer: Map<Key, RawValue>, key: Key, raw: RawValue): void {
  const earlier = layer.get(key)?.value;
  const { repeatable }: { readonly repeatable?: boolean } = SETTINGS[key];
  const value = repeatable ? [...(Array.isArray(earlier) ? earlier : []), raw] : raw.value;
  layer.set(key, { ...raw, value });
}

interface Token {
  readonly flag: string;
  readonly text: string | undefined;
}

function* tokens(args: readonly string[], see: string): Generator<Token> {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {
    config: { type: "string" },
    help: { type: "boolean", short: "h" },
  };
  for (const [flag, { takesValue }] of FLAGS) {
    options[flag.slice(2)] = { type: takesValue ? "string" : "boolean" };
  }
  for (const token of parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new UsageError(`${JSON.stringify(token.value)} is no flag (${see})`);
    }
    // `--port --host x`: the next flag is not the value of this one.
    const swallowed = !token.inlineValue && token.value?.startsWith("--");
    const flag = options[token.name] ? `--${token.name}` : token.rawName;
    yield { flag, text: swallowed ? undefined : token.value };
  }
}
