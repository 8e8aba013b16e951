import { UsageError } from "../usage-error.ts";
import { requireUtf8 } from "../utf8.ts";
import type { Layer } from "./layer.ts";
import { nearest } from "./nearest.ts";
import { type RawValue, rejectValue } from "./raw-value.ts";
import { variableOf } from "./setting.ts";
import { KEYS, type Key } from "./settings.ts";
import { parseToml } from "./toml.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names the configuration file. */
export const FILE_VARIABLE = "FANFARE_CONFIG";
/** Hosting platforms set it to the port that they forward to; `FANFARE_PORT` overrides it. */
const SHARED_PORT = "PORT";
/** The variables that Kubernetes and Docker links set for a service called fanfare. */
const LINK = /^FANFARE_(SERVICE_|PORT_\d|NAME$|ENV_)/;
const LINKED = "Kubernetes sets it for a service called fanfare; say enableServiceLinks: false in the pod";

/**
 * Reads the settings that environment variables set.
 * @throws {UsageError} for a variable that begins with `FANFARE_` and is not a setting.
 */
export function readEnvironment(environment: Environment): Layer {
  const layer = new Map<Key, RawValue>();
  const shared = environment[SHARED_PORT];
  if (shared !== undefined && shared !== "") {
    layer.set("port", {
      name: SHARED_PORT,
      source: { kind: "shared-variable", name: SHARED_PORT },
      value: shared,
    });
  }
  const keys = new Map(KEYS.map((key) => [variableOf(key), key]));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("FANFARE_") || name === FILE_VARIABLE || value === undefined) continue;
    requireUtf8(name, value);
    const key = keys.get(name);
    if (key === undefined)
      throw new UsageError(`there is no variable ${name}${hint(name, [...keys.keys()])}`);
    const raw: RawValue = { name, source: { kind: "variable", name }, value };
    if (key === "port" && value.startsWith("tcp://")) return rejectValue(raw, LINKED);
    layer.set(key, key === "policies" ? fromToml(raw, value) : raw);
  }
  return layer;
}

function hint(name: string, names: readonly string[]): string {
  if (LINK.test(name)) return `; ${LINKED}`;
  const near = nearest(name, [...names, FILE_VARIABLE]);
  return near === undefined ? "; fanfare serve --help lists those there are" : `, did you mean ${near}?`;
}

/** Parses a structured value, written as in a file. */
function fromToml(raw: RawValue, text: string): RawValue {
  const prefix = "value = ";
  const root = parseToml(
    prefix + text,
    () => raw.source,
    (line, column) => `${raw.name}:${line}:${line === 1 ? column - prefix.length : column}:`,
  );
  const value = root.get("value");
  if (value === undefined || root.size > 1)
    return rejectValue(raw, "it takes one value, written as in a file");
  return rename(value, raw.name);
}

function rename(raw: RawValue, name: string): RawValue {
  return { ...raw, name: raw.name.replace(/^value/, name), value: renamed(raw.value, name) };
}

function renamed(value: RawValue["value"], name: string): RawValue["value"] {
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, rename(each, name)]));
  return Array.isArray(value) ? value.map((each) => rename(each, name)) : value;
}
