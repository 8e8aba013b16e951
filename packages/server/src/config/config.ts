import { DEFAULT_LIMITS, type Limits, type RateLimits } from "./limits.ts";
import { DEFAULT_MOUNTS, type MountConfig } from "./mount.ts";
import { DEFAULT_POLICIES, type Policy } from "./policy.ts";

export type { DialectName, MountConfig } from "./mount.ts";

/** Everything a server can be told, complete and valid: what defaults, file, environment and flags come to. */
export interface Config {
  readonly listen: Listen;
  /** Each path once. */
  readonly mounts: readonly MountConfig[];
  /** Patterns of origins from which browsers are admitted, beside the server's own host and localhost at any port. */
  readonly origins: readonly string[];
  /** Names, beside the usual ones, by which the server may be called (SPEC HTTP-10); `*.example.com` for all under it. */
  readonly hosts: readonly string[];
  /** How users prove who they are; without it everyone is a guest. */
  readonly auth?: AuthConfig;
  readonly engine: EngineConfig;
  /** The first that matches a room holds. */
  readonly policies: readonly Policy[];
  readonly limits: Limits;
  /** Undefined: off. */
  readonly rateLimits: RateLimits | undefined;
  /** Networks (`10.0.0.0/8`) whose word on the client's address is believed. */
  readonly trustedProxies: readonly string[];
  readonly log: LogConfig;
}

export type Listen =
  | {
      readonly kind: "tcp";
      readonly host: string;
      /** 0 takes a free one. */
      readonly port: number;
      readonly tls?: TlsConfig;
    }
  | { readonly kind: "unix"; readonly path: string };

/** How the server speaks TLS itself; undefined where it does not. */
export function tlsOf(listen: Listen): TlsConfig | undefined {
  return listen.kind === "tcp" ? listen.tls : undefined;
}

export interface TlsConfig extends TlsFiles {
  /** For how many ms browsers that call it by a name come by TLS alone (SPEC HTTP-11); 0: they are not told to. */
  readonly hsts: number;
}

/** PEM files; read again on SIGHUP. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** By what the signature of a token is checked. */
export type TokenKeyConfig =
  /** HS256; at least 32 bytes. */
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "public"; readonly pem: string }
  /** Where the key set of an identity provider is. */
  | { readonly kind: "jwks"; readonly url: string };

export interface AuthConfig {
  readonly key: TokenKeyConfig;
  /** What `iss` and `aud` must be, if they must be something. */
  readonly issuer?: string;
  readonly audience?: string;
  /** How far the clocks of the two machines may be apart. */
  readonly skewMs: number;
  /** The name of the cookie that may hold a token. */
  readonly cookie: string;
  /** Where people without a token are sent by the web apps. */
  readonly signIn?: string;
  /** For tests: how a key set is fetched, in ms. */
  readonly keySet?: {
    readonly cacheMaxAge?: number;
    readonly cooldownDuration?: number;
    readonly timeoutDuration?: number;
  };
}

export interface EngineConfig {
  /** A name of `engines/engines.ts`; its default unless given. */
  readonly kind?: string;
  /** Where an engine that keeps files keeps them; `data` unless given. */
  readonly directory?: string;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const LOG_FORMATS = ["auto", "text", "json"] as const;

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
  /** `auto`: text on a terminal, JSON otherwise. */
  readonly format: (typeof LOG_FORMATS)[number];
}

export const DEFAULT_CONFIG: Config = {
  listen: { kind: "tcp", host: "localhost", port: 8080 },
  mounts: DEFAULT_MOUNTS,
  origins: [],
  hosts: [],
  engine: {},
  policies: DEFAULT_POLICIES,
  // Only this machine can connect.
  limits: { ...DEFAULT_LIMITS, connectionsPerAddress: DEFAULT_LIMITS.connections },
  rateLimits: undefined,
  trustedProxies: [],
  log: { level: "info", format: "auto" },
};
