import type { Config, EngineConfig } from "./config/config.ts";
import type { Policy } from "./config/policy.ts";
import { dialects } from "./dialects/dialects.ts";
import { DEFAULT_ENGINE_OPTIONS, type Engine } from "./engines/engine.ts";
import { MemoryEngine } from "./engines/memory/index.ts";
import { SqliteEngine } from "./engines/sqlite/index.ts";
import { systemClock, systemRandomness } from "./gateway/environment.ts";
import { Gateway } from "./gateway/gateway.ts";
import { DEFAULT_PATIENCE, type Patience } from "./gateway/heartbeat.ts";
import type { HttpAnswers } from "./gateway/http-handler.ts";
import { Networks, parseNetwork } from "./gateway/limits/network.ts";
import { Origins, parseOriginPattern } from "./gateway/origins.ts";
import { type Bounds, DEFAULT_BOUNDS } from "./hub/bounds.ts";
import { Hub } from "./hub/hub.ts";
import type { Clock } from "./hub/ports.ts";
import { Service } from "./hub/service.ts";
import { faultFields } from "./telemetry/fault-fields.ts";
import { FAULTS_ALONE, type Log } from "./telemetry/log.ts";

/** What no configuration sets: for tests, and for programs that embed the server. */
export interface ServerOptions extends HttpAnswers {
  readonly bounds?: Partial<Bounds>;
  readonly patience?: Patience;
  /** The machine's, unless given. */
  readonly clock?: Clock;
  readonly log?: Log;
  /** What travels when the server stops gets so many ms to arrive. */
  readonly farewellMs?: number;
  /** The engine is gone for good. What was acknowledged is kept; a new start is all that helps. */
  readonly onLost?: () => void;
  /** A fault of ours, met while serving a client. */
  readonly onFault?: (error: unknown) => void;
}

export interface FanfareServer {
  /** Where it listens. */
  readonly url: URL;
  readonly hub: Hub;
  /** A part of this program that publishes under `name`, also where nobody else may (SPEC ROOM-4). */
  service(name: string): Service;
  /** Reads the certificate again, if there is one; a bad one is logged, and changes nothing. */
  reload(): void;
  /** Settles what was being published, sends everyone away, and lets go of everything (SPEC STOP-1). */
  stop(): Promise<void>;
}

/** Wires config → engine → hub → dialects → gateway. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<FanfareServer> {
  const { log = FAULTS_ALONE, clock = systemClock } = options;
  const onFault = options.onFault ?? ((error) => log.error("server.fault", faultFields(error)));
  const { waitingPerClient, stalledMs, connections, connectionsPerAddress, ...bounds } = config.limits;
  const spoken = dialects(log);
  const engine = await openEngine(config.engine, config.policies);
  try {
    const gateway = await Gateway.open({
      listen: config.listen,
      clock,
      random: Math.random,
      log,
      mounts: config.mounts.map(({ path, dialect }) => ({ path, ...spoken[dialect] })),
      origins: new Origins(config.origins.flatMap((text) => parseOriginPattern(text) ?? [])),
      patience: options.patience ?? { ...DEFAULT_PATIENCE, stalled: stalledMs },
      waitingPerClient,
      connections,
      connectionsPerAddress,
      proxies: new Networks(config.trustedProxies.flatMap((text) => parseNetwork(text) ?? [])),
      ...(config.rates && { rates: config.rates }),
      ...(options.farewellMs !== undefined && { farewellMs: options.farewellMs }),
      ...(options.http && { http: options.http }),
      ...(options.notFound && { notFound: options.notFound }),
      onFault,
    });
    const hub = new Hub({
      engine,
      clock,
      randomness: systemRandomness,
      onFault,
      broadcast: gateway,
      policies: config.policies,
      bounds: { ...DEFAULT_BOUNDS, ...bounds, ...options.bounds },
      health: (health) => {
        if (health.ok) log.info("engine.recovered");
        else log.error(health.lost ? "engine.lost" : "engine.unavailable", { reason: health.reason });
        if (!health.ok && health.lost) options.onLost?.();
      },
    });
    gateway.serve(hub);
    log.info("server.listening", { url: gateway.url.href.replace(/\/$/, ""), engine: config.engine.kind });
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      const began = systemClock.now();
      log.info("server.stopping", { connections: gateway.connections });
      await gateway.stop();
      await hub.close();
      await engine.close();
      log.info("server.stopped", { ms: systemClock.now() - began });
    };
    return {
      url: gateway.url,
      hub,
      service: (name) => new Service(hub, name),
      reload: () => gateway.reload(),
      stop() {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openEngine(engine: EngineConfig, policies: readonly Policy[]): Promise<Engine> {
  const options = { ...DEFAULT_ENGINE_OPTIONS, policies };
  return engine.kind === "memory"
    ? new MemoryEngine(options)
    : SqliteEngine.open({ ...options, directory: engine.directory });
}
