import { type Authorize, authorizeBy } from "./api/access.ts";
import { permissions } from "./api/permissions.ts";
import { revoke } from "./api/revoke.ts";
import { session } from "./api/session.ts";
import { Authentication } from "./auth/authentication.ts";
import { type AuthConfig, type Config, type EngineConfig, tlsOf } from "./config/config.ts";
import type { Policy } from "./config/policy.ts";
import { dialects } from "./dialects/dialects.ts";
import { DEFAULT_ENGINE_OPTIONS, type Engine } from "./engines/engine.ts";
import { MemoryEngine } from "./engines/memory/index.ts";
import { SqliteEngine } from "./engines/sqlite/index.ts";
import { systemClock, systemRandomness } from "./gateway/environment.ts";
import { Gateway } from "./gateway/gateway.ts";
import { DEFAULT_PATIENCE, type Patience } from "./gateway/heartbeat.ts";
import { parseHostPattern } from "./gateway/hosts.ts";
import { firstOf, type HttpAnswers, type HttpHandler } from "./gateway/http-handler.ts";
import { Networks, parseNetwork } from "./gateway/limits/network.ts";
import { Origins, parseOriginPattern } from "./gateway/origins.ts";
import { Reception } from "./gateway/reception.ts";
import { Administration } from "./hub/administration.ts";
import { type Bounds, DEFAULT_BOUNDS } from "./hub/bounds.ts";
import { Hub } from "./hub/hub.ts";
import type { Clock } from "./hub/ports.ts";
import { Service } from "./hub/service.ts";
import { AuditLog } from "./telemetry/audit-log.ts";
import { faultFields } from "./telemetry/fault-fields.ts";
import { FAULTS_ALONE, type Log } from "./telemetry/log.ts";

/** What no configuration sets: for tests, and for programs that embed the server. */
export interface ServerOptions extends HttpAnswers {
  /** What has to be ready before anybody is served: where it fails, the server does not start. */
  readonly prepare?: (server: FanfareServer) => Promise<void>;
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
  /** Who asks over HTTP, and what that one may do: for handlers of `http`. */
  readonly authorize: Authorize;
  /** Reads the certificate again, if there is one; a bad one is logged, and changes nothing. */
  reload(): void;
  /** Settles what was being published, sends everyone away, and lets go of everything (SPEC STOP-1). */
  stop(): Promise<void>;
}

/** Wires config → engine → hub → dialects → gateway. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<FanfareServer> {
  const { log = FAULTS_ALONE, clock = systemClock } = options;
  const now = () => clock.now();
  const onFault = options.onFault ?? ((error) => log.error("server.fault", faultFields(error)));
  const { waitingPerClient, stalledMs, connections, connectionsPerAddress, ...bounds } = config.limits;
  const spoken = dialects(log);
  const engine = await openEngine(config.engine, config.policies);
  try {
    const auth = config.auth && openAuth(config.auth, config.engine, now);
    const audit = new AuditLog(log, now);
    const origins = new Origins(
      config.origins.flatMap((text) => parseOriginPattern(text) ?? []),
      tlsOf(config.listen) !== undefined,
    );
    const reception = new Reception(origins, auth);
    const api: HttpHandler[] = [];
    const gateway = await Gateway.open({
      listen: config.listen,
      clock,
      random: Math.random,
      log,
      mounts: config.mounts.map(({ path, dialect }) => ({ path, ...spoken[dialect] })),
      origins,
      hosts: config.hosts.flatMap((text) => parseHostPattern(text) ?? []),
      reception,
      refused: (request) => audit.upgradeRefused(request),
      patience: options.patience ?? { ...DEFAULT_PATIENCE, stalled: stalledMs },
      waitingPerClient,
      connections,
      connectionsPerAddress,
      proxies: new Networks(config.trustedProxies.flatMap((text) => parseNetwork(text) ?? [])),
      ...(config.rates && { rates: config.rates }),
      ...(options.farewellMs !== undefined && { farewellMs: options.farewellMs }),
      http: (request) => firstOf(api)(request) ?? options.http?.(request),
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
      ...(auth && { auth }),
      audit,
      bounds: { ...DEFAULT_BOUNDS, ...bounds, ...options.bounds },
      health: (health) => {
        if (health.ok) log.info("engine.recovered");
        else log.error(health.lost ? "engine.lost" : "engine.unavailable", { reason: health.reason });
        if (!health.ok && health.lost) options.onLost?.();
      },
    });
    const authorize = authorizeBy(reception, hub.authority, audit);
    api.push(session(authorize, hub.authority, now, auth), permissions(authorize));
    if (auth) api.push(revoke(authorize, new Administration(hub, auth.revocations), audit));
    const close = async () => {
      await gateway.stop();
      await hub.close();
      await engine.close();
    };
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      const began = now();
      log.info("server.stopping", { connections: gateway.connections });
      await close();
      log.info("server.stopped", { ms: now() - began });
    };
    const server: FanfareServer = {
      url: gateway.url,
      hub,
      authorize,
      service: (name) => new Service(hub, name),
      reload: () => gateway.reload(),
      stop() {
        stopped ??= stop();
        return stopped;
      },
    };
    await options.prepare?.(server).catch(async (error) => {
      await close();
      throw error;
    });
    gateway.serve(hub);
    log.info("server.listening", { url: gateway.url.href.replace(/\/$/, ""), engine: config.engine.kind });
    return server;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function openAuth(auth: AuthConfig, engine: EngineConfig, now: () => number): Authentication {
  return new Authentication(auth, now, engine.kind === "sqlite" ? engine.directory : undefined);
}

async function openEngine(engine: EngineConfig, policies: readonly Policy[]): Promise<Engine> {
  const options = { ...DEFAULT_ENGINE_OPTIONS, policies };
  return engine.kind === "memory"
    ? new MemoryEngine(options)
    : SqliteEngine.open({ ...options, directory: engine.directory });
}
