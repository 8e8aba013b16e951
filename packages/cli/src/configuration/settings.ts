import { resolve } from "node:path";
import {
  DEFAULT_CONFIG,
  DEFAULT_ENGINE,
  DEFAULT_RATES,
  DIALECT_NAMES,
  ENGINE_NAMES,
  ENGINES,
  LOG_FORMATS,
  LOG_LEVELS,
} from "@fanfare/server";
import { DEFAULT_TODO_LIMITS } from "@fanfare/todo";
import { databaseUrl } from "./database-url.ts";
import { boolean, choice, duration, type Kind, optional, path, size, text, wholeNumber } from "./kind.ts";
import { hosts, mergeMounts, mounts, networks, origins } from "./list-kinds.ts";
import { policies } from "./policies.ts";
import type { Setting } from "./setting.ts";
import { DEFAULT } from "./source.ts";
import { cookieName, keySetUrl, secret, signInUrl } from "./token-kinds.ts";

const todoLimits = DEFAULT_TODO_LIMITS;
const { limits, log, mounts: defaultMounts } = DEFAULT_CONFIG;

const KIB = 1024;
const GIB = KIB ** 3;
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** Every setting, by its key in a file. From this table come parsing, help, `fanfare config` and the docs. */
export const SETTINGS = {
  port: setting(wholeNumber(0, 65_535), 8080, "where to listen; 0 takes a free port"),
  host: setting(
    text("HOST", "an address such as localhost or 127.0.0.1"),
    "localhost",
    "the address to listen on",
  ),
  insecure: setting(boolean, false, "listen for other machines although no tokens are asked for"),
  socket: setting(
    optional(path("PATH", "a path such as /run/fanfare.sock")),
    undefined,
    "a unix socket to listen on, instead of host and port",
  ),
  "tls.cert": setting(
    optional(path("FILE", "a file such as cert.pem")),
    undefined,
    "the certificate (PEM); given with its key, TLS is spoken",
  ),
  "tls.key": setting(
    optional(path("FILE", "a file such as key.pem")),
    undefined,
    "the certificate's private key (PEM)",
  ),
  "tls.hsts": setting(
    duration(0, 10 * YEAR),
    YEAR,
    "how long browsers that called it by a name come by TLS alone; 0s: they are not told to",
  ),
  origins: {
    ...setting(origins, [], "whose pages may connect, beside this host and localhost; https://*.example.com"),
    flag: "--origin",
    repeatable: true,
  },
  hosts: {
    ...setting(hosts, [], "names by which it may be called, beside localhost and its host; *.example.com"),
    flag: "--allow-host",
    repeatable: true,
  },
  "token.secret": {
    ...setting(
      optional(secret),
      undefined,
      "what tokens are signed with (HS256), at least 32 bytes; given, users prove who they are",
    ),
    flag: null,
  },
  "token.public_key": setting(
    optional(path("FILE", "a file such as public.pem")),
    undefined,
    "or the public key (PEM) that they are checked with: RSA, P-256, P-384, P-521 or Ed25519",
  ),
  "token.jwks": setting(optional(keySetUrl), undefined, "or where the key set of an identity provider is"),
  "token.issuer": setting(
    optional(text("TEXT", "a text such as https://login.example.com/")),
    undefined,
    "what a token's iss must be",
  ),
  "token.audience": setting(
    optional(text("TEXT", "a text such as chat.example.com")),
    undefined,
    "what a token's aud must be, or hold",
  ),
  "token.skew": setting(duration(0, 300_000), 5_000, "how far clocks may differ"),
  "token.cookie": setting(cookieName, "fanfare_token", "the cookie that may hold a token"),
  "token.sign_in": setting(optional(signInUrl), undefined, "where the web apps send people without a token"),
  mounts: {
    ...setting(
      mounts,
      defaultMounts.map((value) => ({ value, source: DEFAULT })),
      `what a path speaks: ${DIALECT_NAMES.join(", ")}, or none`,
    ),
    flag: "--mount",
    repeatable: true,
    merge: mergeMounts,
  },
  web: setting(
    choice("on", "off", "watch"),
    "on",
    "the web apps: served, not served, or built again when their sources change",
  ),
  engine: setting(
    choice(...ENGINE_NAMES),
    DEFAULT_ENGINE,
    `where messages are kept: ${ENGINE_NAMES.map((name) => ENGINES[name].summary).join(", or ")}`,
  ),
  data: {
    ...setting(
      path("DIR", "a directory such as ./data"),
      resolve("data"),
      `the directory that ${ENGINE_NAMES.filter((name) => ENGINES[name].hasFiles).join(", ")} keeps them in`,
    ),
    shown: "./data",
  },
  "todo.database": setting(
    optional(databaseUrl),
    undefined,
    "PostgreSQL for the to-dos, instead of todos.sqlite in the data directory",
  ),
  policies: { ...setting(policies, [], "the rules of rooms, by pattern"), flag: null },
  "limits.waiting_per_client": setting(
    size(limits.waitingPerClient, GIB),
    limits.waitingPerClient,
    "bytes that may wait for one client before it is cut off",
  ),
  "limits.stalled": setting(
    duration(1_000, HOUR),
    limits.stalledMs,
    "a client that takes nothing for so long is closed",
  ),
  "limits.uncommitted_per_connection": setting(
    size(64 * KIB, GIB),
    limits.uncommittedPerConnection,
    "publishes of one connection not on disk yet; past it, it is not read",
  ),
  "limits.uncommitted_per_node": setting(
    size(KIB * KIB, 16 * GIB),
    limits.uncommittedPerNode,
    "publishes of all connections not on disk yet",
  ),
  "limits.rooms_per_connection": setting(
    wholeNumber(1, 1_000_000),
    limits.roomsPerConnection,
    "rooms that one connection may be in",
  ),
  "limits.presence_grace": setting(
    duration(0, HOUR),
    limits.presenceGraceMs,
    "a user who comes back within it was never gone",
  ),
  "limits.hello": setting(
    duration(100, HOUR),
    limits.helloMs,
    "a native client that has not said hello by then is closed",
  ),
  "limits.connections": setting(
    wholeNumber(1, 1_000_000),
    limits.connections,
    "WebSockets of all clients; past it, the answer is 503",
  ),
  "limits.connections_per_address": {
    ...setting(
      optional(wholeNumber(1, 1_000_000)),
      undefined,
      "WebSockets of one address or IPv6 /64; past it, the answer is 429",
    ),
    shown: "1000; where only this machine connects, no other bound than limits.connections",
  },
  "limits.patterns_per_connection": setting(
    wholeNumber(1, 100_000),
    limits.patternsPerConnection,
    "patterns that one connection may listen to",
  ),
  "limits.todos_per_list": setting(wholeNumber(1, 1_000_000), todoLimits.todosPerList, "to-dos of a list"),
  "limits.todos_per_user": setting(
    wholeNumber(1, 1_000_000),
    todoLimits.todosPerUser,
    "to-dos that one user has created, and that are still there",
  ),
  "limits.todos_of_guests": setting(
    wholeNumber(1, 1_000_000),
    todoLimits.todosOfGuests,
    "to-dos that all guests together have created",
  ),
  "limits.todo_lists": setting(wholeNumber(1, 1_000_000), todoLimits.lists, "lists of to-dos, of everyone"),
  "rates.apply": setting(
    choice("auto", "on", "off"),
    "auto",
    "auto is off where only this machine connects, and on elsewhere",
  ),
  "rates.handshakes_per_address": rate(
    DEFAULT_RATES.handshakesPerAddress,
    "requests for a WebSocket; past it, the answer is 429",
  ),
  "rates.http_per_address": rate(DEFAULT_RATES.httpPerAddress, "other requests; past it, the answer is 429"),
  "rates.requests_per_connection": rate(
    DEFAULT_RATES.requestsPerConnection,
    "requests of one connection; past it, it is read more slowly",
  ),
  "rates.requests_per_user": rate(DEFAULT_RATES.requestsPerUser, "requests of all connections of one user"),
  "rates.bytes_per_connection": setting(
    size(KIB, GIB),
    DEFAULT_RATES.bytesPerConnection,
    "bytes of its frames; past it, it is read more slowly",
  ),
  "rates.bytes_per_user": setting(
    size(KIB, GIB),
    DEFAULT_RATES.bytesPerUser,
    "bytes of the frames of all connections of one user",
  ),
  "rates.control_frames": rate(DEFAULT_RATES.controlFrames, "WebSocket pings and pongs of one connection"),
  "rates.rooms_per_connection": rate(
    DEFAULT_RATES.roomsPerConnection,
    "rooms that one connection is the first to use",
  ),
  trusted_proxies: {
    ...setting(networks, [], "networks of proxies whose X-Forwarded-For or Forwarded is believed"),
    flag: "--trusted-proxy",
    repeatable: true,
  },
  "log.level": setting(choice(...LOG_LEVELS), log.level, "what is logged: this and what is worse"),
  "log.format": setting(choice(...LOG_FORMATS), log.format, "auto is text on a terminal, and json otherwise"),
};

export type Key = keyof typeof SETTINGS;
export type ValueOf<K extends Key> = (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;

export const KEYS = Object.keys(SETTINGS) as Key[];

/** Where people look for them, in the order of help. */
export const GROUPS: readonly (readonly [title: string, keys: readonly Key[]])[] = [
  ["Listening", ["port", "host", "insecure", "socket", "tls.cert", "tls.key", "tls.hsts"]],
  ["Who may connect, and what is spoken", ["origins", "hosts", "mounts", "trusted_proxies"]],
  ["Tokens", KEYS.filter((key) => key.startsWith("token."))],
  ["Web apps", ["web"]],
  ["Keeping", ["engine", "data", "todo.database", "policies"]],
  ["Logging", ["log.level", "log.format"]],
  ["Limits", KEYS.filter((key) => key.startsWith("limits."))],
  ["Rates, per second", KEYS.filter((key) => key.startsWith("rates."))],
];

function setting<T>(kind: Kind<T>, fallback: T, help: string): Setting<T> {
  return { kind, fallback, help };
}

function rate(fallback: number, help: string): Setting<number> {
  return setting(wholeNumber(1, 1_000_000), fallback, help);
}
