import { type Config, type EngineConfig, limitValues, RATE_LIMITS, SERVER_LIMITS } from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import { type Environment, FILE_VARIABLE, readEnvironment } from "./environment.ts";
import { readFile } from "./file.ts";
import type { CommandLine } from "./flags.ts";
import type { Given } from "./given.ts";
import { isMounted } from "./list-kinds.ts";
import { isLoopback, listen } from "./listen.ts";
import { withDefaultPolicies } from "./policies.ts";
import type { Setting } from "./setting.ts";
import { KEYS, type Key, SETTINGS, type ValueOf } from "./settings.ts";
import { DEFAULT, type Source } from "./source.ts";
import { auth } from "./token.ts";

/** The value that holds, and where it comes from. */
export interface Held<T> {
  readonly value: T;
  readonly source: Source;
}

export type Settled = { readonly [K in Key]: Held<ValueOf<K>> };

/** Reads defaults < file < environment < flags. @throws {UsageError} for whatever is wrong in any of them. */
export function settle(commandLine: CommandLine, environment: Environment): Settled {
  const file = commandLine.file ?? fileOf(environment);
  const layers = [readFile(file), readEnvironment(environment), commandLine.given];
  return Object.fromEntries(KEYS.map((key) => [key, held(key, layers)])) as Settled;
}

/** What the settings come to. @throws {UsageError} where they do not go together. */
export function configOf(settled: Settled): Config {
  const value = <K extends Key>(key: K): ValueOf<K> => settled[key].value as ValueOf<K>;
  const tokens = auth(settled);
  const place = listen(settled);
  // Where only this machine can connect, and nobody has to prove anything.
  const isLocal = tokens === undefined && (place.kind === "unix" || isLoopback(place.host));
  const { connections, connectionsPerAddress } = SERVER_LIMITS;
  /** The one limit that may be unset. */
  const perAddress = isLocal ? value(connections.key) : connectionsPerAddress.default;
  return {
    listen: place,
    mounts: value("mounts").flatMap(({ value: change }) => (isMounted(change) ? [change] : [])),
    origins: value("origins").map((item) => item.value),
    hosts: value("hosts").map((item) => item.value),
    ...(tokens && { auth: tokens }),
    engine: engineConfigOf(settled),
    policies: withDefaultPolicies(value("policies")).map((item) => item.value),
    limits: limitValues(SERVER_LIMITS, ({ key }) => value(key) ?? perAddress),
    rateLimits: ratesApply(value("rates.apply"), isLocal)
      ? limitValues(RATE_LIMITS, ({ key }) => value(key))
      : undefined,
    trustedProxies: value("trusted_proxies").map((item) => item.value),
    log: { level: value("log.level"), format: value("log.format") },
  };
}

export function engineConfigOf({ engine, data }: Settled): EngineConfig {
  return { kind: engine.value, directory: data.value };
}

/** Off where only this machine can connect; on elsewhere. */
function ratesApply(apply: ValueOf<"rates.apply">, isLocal: boolean): boolean {
  return apply === "auto" ? !isLocal : apply === "on";
}

function fileOf(environment: Environment): CommandLine["file"] {
  const file = environment[FILE_VARIABLE];
  if (file === undefined) return undefined;
  if (file === "") throw new UsageError(`${FILE_VARIABLE} is empty; it takes a file such as fanfare.toml`);
  return { file, source: { kind: "variable", name: FILE_VARIABLE } };
}

/** Every value is judged, also one that a higher layer replaces: it is a mistake all the same. */
function held(key: Key, layers: readonly Given[]): Held<unknown> {
  const setting = SETTINGS[key] as Setting<unknown>;
  let result: Held<unknown> = { value: setting.fallback, source: DEFAULT };
  for (const layer of layers) {
    const raw = layer.get(key);
    if (raw === undefined) continue;
    const value = setting.kind.read(raw);
    result = { value: setting.merge ? setting.merge(result.value, value) : value, source: raw.source };
  }
  return result;
}
