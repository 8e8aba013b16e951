import { authorizeBy } from "./api/access.ts";
import { origin } from "./api/origin.ts";
import { permissions } from "./api/permissions.ts";
import { revoke } from "./api/revoke.ts";
import { session } from "./api/session.ts";
import { Authentication } from "./auth/authentication.ts";
import { type Config, tlsOf } from "./config/config.ts";
import { dialects } from "./dialects/dialects.ts";
import type { EngineHealth } from "./engines/engine.ts";
import { configuredEngine } from "./engines/engines.ts";
import type { FanfareServer } from "./fanfare-server.ts";
import { exposureOf } from "./files/private-file.ts";
import { systemClock, systemRandomness } from "./gateway/environment.ts";
import { Gateway } from "./gateway/gateway.ts";
import { Hosts, parseHostPattern } from "./gateway/hosts.ts";
import { firstOf } from "./gateway/http-handler.ts";
import { serveRoutes } from "./gateway/http-route.ts";
import { Networks, parseNetwork } from "./gateway/limits/network.ts";
import type { Mount } from "./gateway/mounts.ts";
import { Origins, parseOriginPattern } from "./gateway/origins.ts";
import { RequestAuthenticator } from "./gateway/request-authenticator.ts";
import { RequestHandler } from "./gateway/request-handler.ts";
import { Administration } from "./hub/administration.ts";
import { Hub } from "./hub/hub.ts";
import { Service } from "./hub/service.ts";
import type { ServerOptions } from "./server-options.ts";
import { AuditLog } from "./telemetry/audit-log.ts";
import { faultFields } from "./telemetry/fault-fields.ts";
import { FAULTS_ALONE, type Log } from "./telemetry/log.ts";
import { ThrottledLog } from "./telemetry/throttled-log.ts";

/** Wires config → engine → hub → dialects → gateway. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<FanfareServer> {
  const { log = FAULTS_ALONE, clock = systemClock } = options;
  const now = () => clock.now();
  const throttled = new ThrottledLog(log, now);
  const onFault =
    options.onFault ?? ((error) => throttled.error("server.fault", String(error), faultFields(error)));
  /** Closed in the reverse order. */
  const parts = new AsyncDisposableStack();
  try {
    const configured = configuredEngine(config.engine);
    const engine =
      options.engine ?? parts.adopt(await configured.open(config.policies), (engine) => engine.close());
    const directory = options.engine ? undefined : configured.directory;
    const auth = config.auth && new Authentication(config.auth, now, directory);
    const audit = new AuditLog(log, now);
    const origins = originsOf(config);
    if (origins.admitsAny) log.warn("origins.any", { reason: "--origin * admits pages of every site" });
    const hosts = new Hosts(
      config.hosts.flatMap((text) => parseHostPattern(text) ?? []),
      config.listen,
    );
    const authenticator = new RequestAuthenticator(origins, auth);
    const gateway = await Gateway.open({
      ...gatewaySettings(config, options),
      clock,
      random: Math.random,
      log,
      origins,
      hosts,
      onFault,
    });
    const hub = new Hub({
      engine,
      clock,
      randomness: systemRandomness,
      onFault,
      broadcast: gateway.broadcast,
      policies: config.policies,
      ...(auth && { auth }),
      audit,
      limits: config.limits,
      health: healthTo(log, options.onLost),
      damaged: (room, reason) => log.error("room.damaged", { room, reason }),
    });
    parts.defer(() => hub.close());
    parts.defer(() => gateway.stop(() => hub.settled()));
    const authorize = authorizeBy(authenticator, hub.authorizer);
    const api = [origin(origins), session(authorize, hub.authorizer, now, auth), permissions(authorize)];
    if (auth) api.push(revoke(authorize, new Administration(hub, auth.revocations), audit));
    const stop = async () => {
      const began = now();
      log.info("server.stopping", { connections: gateway.connections });
      await parts.disposeAsync();
      log.info("server.stopped", { ms: now() - began });
    };
    let stopped: Promise<void> | undefined;
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
    await options.prepare?.(server);
    const { http, notFound, frontPage = [] } = options;
    log.info("server.listening", {
      url: gateway.url.href.replace(/\/$/, ""),
      engine: options.engine ? "custom" : configured.name,
    });
    gateway.serve(
      new RequestHandler({
        hub,
        mounts: mountsOf(config, log),
        origins,
        hosts,
        authenticator,
        frontPage: [...api.map(({ path, title }) => ({ kind: "api" as const, path, title })), ...frontPage],
        http: firstOf([serveRoutes(api), ...(http ? [http] : [])]),
        ...(notFound && { notFound }),
        onRefused: (request) => audit.upgradeRefused(request),
      }),
    );
    for (const { reason } of engine.warnings ?? []) log.warn("engine.new_epoch", { reason });
    const mode = directory && exposureOf(directory);
    if (mode !== undefined) log.warn("data.readable", { directory, mode });
    return server;
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

function originsOf({ origins, listen }: Config): Origins {
  return new Origins(
    origins.flatMap((text) => parseOriginPattern(text) ?? []),
    tlsOf(listen) !== undefined,
  );
}

function mountsOf({ mounts }: Config, log: Log): Mount[] {
  const spoken = dialects(log);
  return mounts.map(({ path, dialect }) => ({ path, ...spoken[dialect] }));
}

/** What the gateway takes as it is configured. */
function gatewaySettings(config: Config, { drainGraceMs }: ServerOptions) {
  return {
    listen: config.listen,
    proxies: new Networks(config.trustedProxies.flatMap((text) => parseNetwork(text) ?? [])),
    limits: config.limits,
    ...(config.rateLimits && { rateLimits: config.rateLimits }),
    ...(drainGraceMs !== undefined && { drainGraceMs }),
  };
}

function healthTo(log: Log, onLost: (() => void) | undefined): (health: EngineHealth) => void {
  return (health) => {
    if (health.ok) log.info("engine.recovered");
    else log.error(health.lost ? "engine.lost" : "engine.unavailable", { reason: health.reason });
    if (!health.ok && health.lost) onLost?.();
  };
}
