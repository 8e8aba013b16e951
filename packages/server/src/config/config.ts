import type { Rates } from "../gateway/limits/rates.ts";
import { DEFAULT_BOUNDS } from "../hub/bounds.ts";
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
  readonly rates: Rates | undefined;
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

/** How much may wait, and how long. Bytes and milliseconds; those of the same name are told in `hub/bounds.ts`. */
export interface Limits {
  /** Past it the client is cut off (SPEC FLOW-1). */
  readonly waitingPerClient: number;
  /** A client that takes nothing for so long is closed. */
  readonly stalledMs: number;
  readonly uncommittedPerConnection: number;
  readonly uncommittedPerNode: number;
  readonly roomsPerConnection: number;
  readonly patternsPerConnection: number;
  readonly presenceGraceMs: number;
  readonly helloMs: number;
  /** WebSockets: in all, and of one address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
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
  limits: {
    waitingPerClient: 1024 * 1024,
    stalledMs: 10_000,
    uncommittedPerConnection: DEFAULT_BOUNDS.uncommittedPerConnection,
    uncommittedPerNode: DEFAULT_BOUNDS.uncommittedPerNode,
    roomsPerConnection: DEFAULT_BOUNDS.roomsPerConnection,
    patternsPerConnection: DEFAULT_BOUNDS.patternsPerConnection,
    presenceGraceMs: DEFAULT_BOUNDS.presenceGraceMs,
    helloMs: DEFAULT_BOUNDS.helloMs,
    connections: 50_000,
    connectionsPerAddress: 50_000,
  },
  rates: undefined,
  trustedProxies: [],
  log: { level: "info", format: "auto" },
};
