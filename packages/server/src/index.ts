export { DEFAULT_POLICIES, DEFAULT_POLICY, type Policy } from "./config/policy.ts";
export { EngineError } from "./engines/engine.ts";
export { type FanfareServer, type ServerOptions, startServer } from "./server.ts";
