export type { Authorize, Requester, Unauthenticated } from "./api/access.ts";
export { AuthError } from "./auth/auth-error.ts";
export { BodyTooLarge, readBody } from "./auth/bounded-body.ts";
export { parsePermissions } from "./auth/claims.ts";
export { mintToken, type TokenSpec } from "./auth/mint.ts";
export { openTokenKey, SHORTEST_SECRET } from "./auth/token-key.ts";
export {
  type AuthConfig,
  type Config,
  DEFAULT_CONFIG,
  type EngineConfig,
  type Listen,
  LOG_FORMATS,
  LOG_LEVELS,
  type TlsConfig,
  type TokenKeyConfig,
} from "./config/config.ts";
export {
  DEFAULT_LIMITS,
  DEFAULT_RATE_LIMITS,
  defaultsOf,
  type Limit,
  type Limits,
  type LimitValues,
  largestData,
  limitValues,
  RATE_BURST_S,
  RATE_EXCESS_MS,
  RATE_LIMITS,
  type RateLimits,
  SERVER_LIMITS,
} from "./config/limits.ts";
export { DIALECT_NAMES, type MountConfig, mountKey, wrongWithMount } from "./config/mount.ts";
export { PERMISSIONS, type Permission } from "./config/permission.ts";
export {
  byExactness,
  DEFAULT_POLICIES,
  DEFAULT_POLICY,
  type Policy,
  policyFor,
  wrongWithPattern,
} from "./config/policy.ts";
export { EngineError } from "./engines/engine.ts";
export {
  configuredEngine,
  DEFAULT_ENGINE,
  ENGINE_NAMES,
  ENGINES,
  type EngineName,
} from "./engines/engines.ts";
export type { FanfareServer } from "./fanfare-server.ts";
export { DataFiles } from "./files/data-files.ts";
export { createPrivateFile, makePrivate } from "./files/private-file.ts";
export { isAbandoned } from "./gateway/abandoned-request.ts";
export type { FrontPageEntry } from "./gateway/front-page.ts";
export { parseHostPattern } from "./gateway/hosts.ts";
export { firstOf, type HttpHandler, type HttpHandlers } from "./gateway/http-handler.ts";
export { countedAs, parseNetwork } from "./gateway/limits/network.ts";
export { ListenError } from "./gateway/listen-error.ts";
export { parseOriginPattern } from "./gateway/origins.ts";
export { defaultWaitingPerNode } from "./gateway/usable-memory.ts";
export type { Clock, Timer } from "./hub/ports.ts";
export type { PublishResult, Service, ServicePublishing } from "./hub/service.ts";
export { startServer } from "./server.ts";
export type { ServerOptions } from "./server-options.ts";
export { ConsoleLog, isText } from "./telemetry/console-log.ts";
export { faultFields } from "./telemetry/fault-fields.ts";
export { legible } from "./telemetry/legible.ts";
export type { Log } from "./telemetry/log.ts";
export { ThrottledLog } from "./telemetry/throttled-log.ts";
