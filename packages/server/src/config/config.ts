import type { Policy } from "./policy.ts";

/** Everything a server can be told, complete and valid: what defaults, file, environment and flags come to. */
export interface Config {
  readonly listen: Listen;
  /** Paths and the dialects they speak; a later one replaces an earlier one of the same path. */
  readonly mounts: readonly MountConfig[];
  /** Origins from which browsers are admitted, beside the server's own host and localhost at any port. */
  readonly origins: readonly string[];
  readonly engine: EngineConfig;
  /** The first that matches a room holds. */
  readonly policies: readonly Policy[];
  readonly log: LogConfig;
}

export type Listen =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls?: TlsFiles }
  | { readonly kind: "unix"; readonly path: string };

/** PEM files; read again on SIGHUP. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export type DialectName = "native" | "chat" | "board" | "feed" | "echo" | "mirror";

export interface MountConfig {
  /** Literal segments, the last of which may be a parameter: `/ws/:room`. */
  readonly path: string;
  readonly dialect: DialectName;
}

export type EngineConfig =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly directory: string };

export interface LogConfig {
  readonly level: "debug" | "info" | "warn" | "error";
  /** `auto`: text on a terminal, JSON otherwise. */
  readonly format: "auto" | "text" | "json";
}
