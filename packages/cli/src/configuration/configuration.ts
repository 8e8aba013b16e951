import { type Config, type EngineConfig, limitValues, RATE_LIMITS, SERVER_LIMITS } from "@fanfare/server";
import { checkLimits } from "./limit-conflicts.ts";
import { isMounted } from "./list-types.ts";
import { isLoopback, listen } from "./listen.ts";
import { withDefaultPolicies } from "./policies.ts";
import type { ResolvedSettings } from "./resolved-settings.ts";
import type { Key, ValueOf } from "./settings.ts";
import { auth } from "./token.ts";

/** The server's configuration. @throws {UsageError} where settings contradict each other. */
export function configOf(settings: ResolvedSettings): Config {
  const value = <K extends Key>(key: K): ValueOf<K> => settings[key].value as ValueOf<K>;
  const tokens = auth(settings);
  const address = listen(settings);
  // Only this machine can connect, and no tokens are asked for.
  const isLocal = tokens === undefined && (address.kind === "unix" || isLoopback(address.host));
  const { connections, connectionsPerAddress } = SERVER_LIMITS;
  /** Holds where `limits.connections_per_address` is not set, the one limit without a fixed default. */
  const perAddress = isLocal ? value(connections.key) : connectionsPerAddress.default;
  const config: Config = {
    listen: address,
    mounts: value("mounts").flatMap(({ value: change }) => (isMounted(change) ? [change] : [])),
    origins: value("origins").map((item) => item.value),
    hosts: value("hosts").map((item) => item.value),
    ...(tokens && { auth: tokens }),
    engine: engineConfigOf(settings),
    policies: withDefaultPolicies(value("policies")).map((item) => item.value),
    limits: limitValues(SERVER_LIMITS, ({ key }) => value(key) ?? perAddress),
    rateLimits: ratesApply(value("rates.apply"), isLocal)
      ? limitValues(RATE_LIMITS, ({ key }) => value(key))
      : undefined,
    trustedProxies: value("trusted_proxies").map((item) => item.value),
    log: { level: value("log.level"), format: value("log.format") },
  };
  checkLimits(settings, config);
  return config;
}

export function engineConfigOf({ engine, data }: ResolvedSettings): EngineConfig {
  return { kind: engine.value, directory: data.value };
}

/** Off where only this machine can connect; on elsewhere. */
function ratesApply(apply: ValueOf<"rates.apply">, isLocal: boolean): boolean {
  return apply === "auto" ? !isLocal : apply === "on";
}
