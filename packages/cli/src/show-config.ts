import { configuredEngine, type Policy } from "@fanfare/server";
import { configOf, engineConfigOf } from "./configuration/configuration.ts";
import { socketHolds, TCP_KEYS } from "./configuration/listen.ts";
import { policyLines, withDefaultPolicies } from "./configuration/policies.ts";
import type { ResolvedSettings } from "./configuration/resolved-settings.ts";
import type { Setting } from "./configuration/setting.ts";
import { KEYS, type Key, SETTINGS } from "./configuration/settings.ts";
import { describeSource, type Source, type Sourced } from "./configuration/source.ts";

/**
 * The configuration as TOML that says the same again, each value with its origin.
 * @throws {UsageError} as `fanfare serve` would.
 */
export function showConfig(settings: ResolvedSettings): string {
  configOf(settings);
  const top = KEYS.filter((key) => !key.includes(".") && key !== "mounts" && key !== "policies");
  const tables = Map.groupBy(
    KEYS.filter((key) => key.includes(".")),
    (key) => key.slice(0, key.indexOf(".")),
  );
  return [
    section(
      "",
      top.map((key) => line(key, settings)),
    ),
    ...[...tables].map(([table, keys]) =>
      section(
        `[${table}]`,
        keys.map((key) => line(key, settings)),
      ),
    ),
    section("[mounts]", settings.mounts.value.map(mountLine)),
    ...withDefaultPolicies(settings.policies.value).map(policySection),
  ].join("\n\n");
}

type Line = readonly [text: string, remark: string];

function section(title: string, rows: readonly Line[]): string {
  const width = Math.max(...rows.map(([text]) => text.length));
  const body = rows.map(([text, remark]) => `${text.padEnd(width)}  # ${remark}`);
  return [...(title === "" ? [] : [title]), ...body].join("\n");
}

function line(key: Key, settings: ResolvedSettings): Line {
  const setting = settings[key] as Sourced<unknown>;
  const printed = (SETTINGS[key] as Setting<unknown>).type.format(setting.value);
  const name = key.slice(key.indexOf(".") + 1);
  const from = describeSource(setting.source);
  if (printed === undefined) return [`# ${name}`, "not set"];
  const idle = idleBecause(key, settings);
  return idle === undefined
    ? [`${name} = ${printed}`, from]
    : [`# ${name} = ${printed}`, `${from}; of no use with ${idle}`];
}

/** What makes a setting mean nothing. */
function idleBecause(key: Key, settings: ResolvedSettings): string | undefined {
  if (key === "data") {
    const { name, directory } = configuredEngine(engineConfigOf(settings));
    return directory === undefined ? `engine ${name}` : undefined;
  }
  if (settings.socket.value === undefined) return undefined;
  const overSocket = socketHolds(settings);
  if (key === "socket") return overSocket ? undefined : "an address that was given closer by";
  return overSocket && [...TCP_KEYS, "insecure"].includes(key) ? "a socket" : undefined;
}

function mountLine({ value, source }: Sourced<{ readonly path: string; readonly dialect: string }>): Line {
  return [`${JSON.stringify(value.path)} = ${JSON.stringify(value.dialect)}`, describeSource(source)];
}

function policySection({ value, source }: { readonly value: Policy; readonly source: Source }): string {
  const [first = "", ...rest] = policyLines(value);
  return ["[[policies]]", `${first}  # ${describeSource(source)}`, ...rest].join("\n");
}
