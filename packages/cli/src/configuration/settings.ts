import { resolve } from "node:path";
import {
  DEFAULT_CONFIG,
  DEFAULT_ENGINE,
  DIALECT_NAMES,
  ENGINE_NAMES,
  ENGINES,
  LOG_FORMATS,
  LOG_LEVELS,
  RATE_LIMITS,
  SERVER_LIMITS,
} from "@fanfare/server";
import { TODO_LIMITS } from "@fanfare/todo";
import { databaseUrl } from "./database-url.ts";
import { limitSettings, valueTypeOf } from "./limit-settings.ts";
import { hosts, mergeMounts, mounts, networks, origins } from "./list-types.ts";
import { policies } from "./policies.ts";
import { flagOf, GROUPS, type Group, type Setting, variableOf } from "./setting.ts";
import { DEFAULT, type Source } from "./source.ts";
import { cookieName, keySetUrl, secret, signInUrl } from "./token-types.ts";
import {
  boolean,
  choice,
  duration,
  optional,
  path,
  text,
  type ValueType,
  wholeNumber,
} from "./value-type.ts";

const { log, mounts: defaultMounts } = DEFAULT_CONFIG;
const { connectionsPerAddress } = SERVER_LIMITS;

const YEAR = 365 * 24 * 3_600_000;

/** Every setting, by its key in a file. Parsing, help, `fanfare config` and the docs derive from this table. */
export const SETTINGS = {
  port: setting("listening", wholeNumber(0, 65_535), 8080, "where to listen; 0 takes a free port"),
  host: setting(
    "listening",
    text("HOST", "an address such as localhost or 127.0.0.1"),
    "localhost",
    "the address to listen on; * for every one",
  ),
  insecure: setting(
    "listening",
    boolean,
    false,
    "listen for other machines although no tokens are asked for",
  ),
  socket: setting(
    "listening",
    optional(path("PATH", "a path such as /run/fanfare.sock")),
    undefined,
    "a unix socket to listen on, instead of host and port",
  ),
  "tls.cert": setting(
    "listening",
    optional(path("FILE", "a file such as cert.pem")),
    undefined,
    "the certificate (PEM); given with its key, TLS is spoken",
  ),
  "tls.key": setting(
    "listening",
    optional(path("FILE", "a file such as key.pem")),
    undefined,
    "the certificate's private key (PEM)",
  ),
  "tls.hsts": setting(
    "listening",
    duration(0, 10 * YEAR),
    YEAR,
    "how long browsers use only TLS after they called the server by a name; 0s turns that off",
  ),
  origins: {
    ...setting(
      "access",
      origins,
      [],
      "whose pages may connect, beside this host and localhost; https://*.example.com, file://, null, *",
    ),
    flag: "--origin",
    repeatable: true,
  },
  hosts: {
    ...setting(
      "access",
      hosts,
      [],
      "names by which it may be called, beside localhost and its host; *.example.com",
    ),
    flag: "--allow-host",
    repeatable: true,
  },
  "token.secret": {
    ...setting(
      "tokens",
      optional(secret),
      undefined,
      "what tokens are signed with (HS256), at least 32 bytes; given, users prove who they are",
    ),
    flag: null,
  },
  "token.public_key": setting(
    "tokens",
    optional(path("FILE", "a file such as public.pem")),
    undefined,
    "or the public key (PEM) that they are checked with: RSA, P-256, P-384, P-521 or Ed25519",
  ),
  "token.jwks": setting(
    "tokens",
    optional(keySetUrl),
    undefined,
    "or where the key set of an identity provider is",
  ),
  "token.issuer": setting(
    "tokens",
    optional(text("TEXT", "a text such as https://login.example.com/")),
    undefined,
    "what a token's iss must be",
  ),
  "token.audience": setting(
    "tokens",
    optional(text("TEXT", "a text such as chat.example.com")),
    undefined,
    "what a token's aud must be, or hold",
  ),
  "token.skew": setting("tokens", duration(0, 300_000), 5_000, "how far clocks may differ"),
  "token.cookie": setting("tokens", cookieName, "fanfare_token", "the cookie that may hold a token"),
  "token.sign_in": setting(
    "tokens",
    optional(signInUrl),
    undefined,
    "where the web apps send people without a token",
  ),
  mounts: {
    ...setting(
      "access",
      mounts,
      defaultMounts.map((value) => ({ value, source: DEFAULT })),
      `what a path speaks: ${DIALECT_NAMES.join(", ")}, or none`,
    ),
    flag: "--mount",
    repeatable: true,
    merge: mergeMounts,
  },
  web: setting(
    "web",
    choice("on", "off", "watch"),
    "on",
    "the web apps: served, not served, or built again when their sources change",
  ),
  engine: setting(
    "storage",
    choice(...ENGINE_NAMES),
    DEFAULT_ENGINE,
    `where messages are kept: ${ENGINE_NAMES.map((name) => ENGINES[name].summary).join(", or ")}`,
  ),
  data: {
    ...setting(
      "storage",
      path("DIR", "a directory such as ./data"),
      resolve("data"),
      `the directory that ${ENGINE_NAMES.filter((name) => ENGINES[name].hasFiles).join(", ")} keeps them in`,
    ),
    defaultText: "./data",
  },
  "todo.database": setting(
    "storage",
    optional(databaseUrl),
    undefined,
    "PostgreSQL for the to-dos, instead of todos.sqlite in the data directory",
  ),
  policies: { ...setting("storage", policies, [], "the rules of rooms, by pattern"), flag: null },
  ...limitSettings("limits", SERVER_LIMITS),
  "limits.connections_per_address": {
    ...setting("limits", optional(valueTypeOf(connectionsPerAddress)), undefined, connectionsPerAddress.help),
    defaultText: `${connectionsPerAddress.default}; where only this machine connects, no other bound than limits.connections`,
  },
  ...limitSettings("limits", TODO_LIMITS),
  "rates.apply": setting(
    "rates",
    choice("auto", "on", "off"),
    "auto",
    "auto is off where only this machine connects, and on elsewhere",
  ),
  ...limitSettings("rates", RATE_LIMITS),
  trusted_proxies: {
    ...setting("access", networks, [], "networks of proxies whose X-Forwarded-For or Forwarded is believed"),
    flag: "--trusted-proxy",
    repeatable: true,
  },
  "log.level": setting("logging", choice(...LOG_LEVELS), log.level, "what is logged: this and what is worse"),
  "log.format": setting(
    "logging",
    choice(...LOG_FORMATS),
    log.format,
    "auto is text on a terminal, and json otherwise",
  ),
};

export type Key = keyof typeof SETTINGS;
export type ValueOf<K extends Key> = (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;

export const KEYS = Object.keys(SETTINGS) as Key[];

/** The keys of each group, under its heading, in the order of help and docs. */
export const KEYS_BY_GROUP: readonly (readonly [heading: string, keys: readonly Key[]])[] = Object.entries(
  GROUPS,
).map(([group, heading]) => [heading, KEYS.filter((key) => SETTINGS[key].group === group)]);

/** The setting's name as that source writes it. */
export function nameBySource(key: Key, source: Source): string {
  if (source.kind === "flag") return flagOf(key, SETTINGS[key]) ?? key;
  if (source.kind === "shared-variable") return source.name;
  return source.kind === "variable" ? variableOf(key) : key;
}

function setting<T>(group: Group, type: ValueType<T>, defaultValue: T, help: string): Setting<T> {
  return { group, type, default: defaultValue, help };
}
