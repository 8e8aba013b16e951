import { configuredEngine, type Policy } from "@fanfare/server";
import { configOf, engineConfigOf, type Held, type Settled } from "./configuration/configuration.ts";
import type { Item } from "./configuration/list-kinds.ts";
import { socketHolds, TCP_KEYS } from "./configuration/listen.ts";
import { lines, withDefaultPolicies } from "./configuration/policies.ts";
import type { Setting } from "./configuration/setting.ts";
import { KEYS, type Key, SETTINGS } from "./configuration/settings.ts";
import { describeSource, type Source } from "./configuration/source.ts";

/**
 * The configuration as TOML that says the same again, each value with its origin.
 * @throws {UsageError} as `fanfare serve` would.
 */
export function showConfig(settled: Settled): string {
  configOf(settled);
  const top = KEYS.filter((key) => !key.includes(".") && key !== "mounts" && key !== "policies");
  const tables = Map.groupBy(
    KEYS.filter((key) => key.includes(".")),
    (key) => key.slice(0, key.indexOf(".")),
  );
  return [
    section(
      "",
      top.map((key) => line(key, settled)),
    ),
    ...[...tables].map(([table, keys]) =>
      section(
        `[${table}]`,
        keys.map((key) => line(key, settled)),
      ),
    ),
    section("[mounts]", settled.mounts.value.map(mountLine)),
    ...withDefaultPolicies(settled.policies.value).map(policyLines),
  ].join("\n\n");
}

type Line = readonly [text: string, remark: string];

function section(title: string, rows: readonly Line[]): string {
  const width = Math.max(...rows.map(([text]) => text.length));
  const body = rows.map(([text, remark]) => `${text.padEnd(width)}  # ${remark}`);
  return [...(title === "" ? [] : [title]), ...body].join("\n");
}

function line(key: Key, settled: Settled): Line {
  const held = settled[key] as Held<unknown>;
  const printed = (SETTINGS[key] as Setting<unknown>).kind.print(held.value);
  const name = key.slice(key.indexOf(".") + 1);
  const from = describeSource(held.source);
  if (printed === undefined) return [`# ${name}`, "not set"];
  const idle = idleBecause(key, settled);
  return idle === undefined
    ? [`${name} = ${printed}`, from]
    : [`# ${name} = ${printed}`, `${from}; of no use with ${idle}`];
}

/** What makes a setting mean nothing. */
function idleBecause(key: Key, settled: Settled): string | undefined {
  if (key === "data") {
    const { name, directory } = configuredEngine(engineConfigOf(settled));
    return directory === undefined ? `engine ${name}` : undefined;
  }
  if (settled.socket.value === undefined) return undefined;
  const overSocket = socketHolds(settled);
  if (key === "socket") return overSocket ? undefined : "an address that was given closer by";
  return overSocket && [...TCP_KEYS, "insecure"].includes(key) ? "a socket" : undefined;
}

function mountLine({ value, source }: Item<{ readonly path: string; readonly dialect: string }>): Line {
  return [`${JSON.stringify(value.path)} = ${JSON.stringify(value.dialect)}`, describeSource(source)];
}

function policyLines({ value, source }: { readonly value: Policy; readonly source: Source }): string {
  const [first = "", ...rest] = lines(value);
  return ["[[policies]]", `${first}  # ${describeSource(source)}`, ...rest].join("\n");
}
