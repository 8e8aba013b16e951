import { expect, test } from "bun:test";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { openServer } from "@fanfare/testing/test-server";
import { BY_SECRET, token } from "@fanfare/testing/tokens";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import { DEFAULT_CONFIG } from "../src/config/config.ts";
import { DEFAULT_RATE_LIMITS } from "../src/config/limits.ts";
import { CertificateFiles } from "./support/certificates.ts";

const USUAL = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

const LISTED = "https://app.example.com";

function expectUsual(
  what: string,
  { headers }: Response,
  usual: Readonly<Record<string, string>> = USUAL,
): void {
  const said = Object.keys(usual).map((name) => [name, headers.get(name)]);
  expect([what, Object.fromEntries(said)]).toEqual([what, usual]);
  expect([what, headers.get("vary")]).toEqual([what, expect.stringContaining("origin")]);
  expect([what, headers.get("access-control-allow-origin")]).toEqual([what, LISTED]);
}

test("HTTP-24: nothing of an answer is run, framed or guessed at, whatever kind of answer it is", async () => {
  const policy = { "content-security-policy": "default-src 'self'" };
  const http = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/throws") throw new Error("a fault");
    if (pathname === "/rejects") return Promise.reject(new Error("a fault"));
    if (pathname === "/immutable") return Promise.resolve(Response.redirect("/elsewhere", 302));
    return pathname === "/own" ? new Response("", { headers: policy }) : undefined;
  };
  const faults: unknown[] = [];
  await using server = await openServer({
    http,
    auth: BY_SECRET,
    origins: [LISTED],
    onFault: (fault) => faults.push(fault),
  });
  const foreign = { origin: "https://evil.example" };
  const asked = { "access-control-request-method": "PATCH" };
  const answers: readonly [status: number, method: string, path: string, headers?: Record<string, string>][] =
    [
      [200, "GET", "/"],
      [200, "GET", "/health"],
      [200, "HEAD", "/health"],
      [200, "GET", "/own"],
      [302, "GET", "/immutable"],
      [204, "OPTIONS", "/thing", asked],
      [400, "GET", "/", { host: "a b" }],
      [400, "GET", "/feed/%ff", UPGRADE_HEADERS],
      [401, "GET", "/api/session"],
      [401, "GET", "/ws/a?username=b", UPGRADE_HEADERS],
      [401, "POST", "/api/admin/revoke"],
      [403, "POST", "/thing", foreign],
      [403, "GET", "/board", { ...UPGRADE_HEADERS, ...foreign }],
      [404, "GET", "/nowhere"],
      [404, "POST", "/nowhere"],
      [404, "GET", "/nowhere", UPGRADE_HEADERS],
      [405, "GET", "/api/admin/revoke"],
      [421, "GET", "/", { host: "evil.example" }],
      [421, "GET", "/board", { ...UPGRADE_HEADERS, host: "evil.example" }],
      [426, "GET", "/ws", { authorization: `Bearer ${await token("ada")}` }],
      [500, "GET", "/throws"],
      [500, "GET", "/rejects"],
    ];
  for (const [status, method, path, headers = {}] of answers) {
    const what = `${status} ${method} ${path} ${JSON.stringify(headers)}`;
    const answer = await fetch(new URL(path, server.url), {
      method,
      headers: { origin: LISTED, ...headers },
      redirect: "manual",
    });
    expect([what, answer.status]).toEqual([what, status]);
    if ("origin" in headers) expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    else expectUsual(what, answer, path === "/own" ? { ...USUAL, ...policy } : USUAL);
    expect(answer.headers.get("strict-transport-security")).toBeNull();
  }
  expect(faults).toHaveLength(2);
});

test("HTTP-24 LIMIT-1 LIMIT-3: so do the answers to too much", async () => {
  const limits = { ...DEFAULT_CONFIG.limits, connections: 1 };
  const rateLimits = { ...DEFAULT_RATE_LIMITS, httpPerAddress: 1, handshakesPerAddress: 1_000 };
  await using server = await openServer({ origins: [LISTED], limits, rateLimits });
  const link = await WebSocketClient.open("Eren", server.url, "/ws/a?username=Eren");
  const ask = (path: string, headers = {}) =>
    fetch(new URL(path, server.url), { headers: { origin: LISTED, ...headers } });
  const full = await ask("/board", UPGRADE_HEADERS);
  expect(full.status).toBe(503);
  expectUsual("full", full);
  let answer = await ask("/");
  for (let i = 0; i < 1_000 && answer.status !== 429; i++) answer = await ask("/");
  expect(answer.status).toBe(429);
  expectUsual("too often", answer);
  await link.close();
});

test("HTTP-11 ORIGIN-1: over TLS of its own, a server called by its name is to be called by TLS alone, and has no pages without", async () => {
  using directory = scratchDirectory();
  const tls = new CertificateFiles(directory.path);
  const listen = { kind: "tcp", host: "127.0.0.1", port: 0, tls } as const;
  const http = (request: Request) => {
    if (new URL(request.url).pathname === "/throws") throw new Error("a fault");
    return undefined;
  };
  await using server = await openServer({ listen, http, hosts: ["chat.example.com"], onFault: () => {} });
  const ask = (path: string, headers: Record<string, string>) =>
    fetch(new URL(path, server.url), { headers, tls: { rejectUnauthorized: false } });
  const own = `chat.example.com:${server.url.port}`;
  for (const [host, path, status] of [
    [own, "/", 200],
    ["CHAT.example.com.", "/health", 200],
    [own, "/nowhere", 404],
    [own, "/throws", 500],
  ] as const) {
    const answer = await ask(path, { host });
    expect([path, answer.status]).toEqual([path, status]);
    expect([path, answer.headers.get("strict-transport-security")]).toEqual([path, "max-age=31536000"]);
  }
  for (const host of [`localhost:${server.url.port}`, "127.0.0.1", "[::1]", "a.localhost", "evil.example"]) {
    const { headers } = await ask("/", { host });
    expect([host, headers.get("strict-transport-security")]).toEqual([host, null]);
  }
  {
    await using silent = await openServer({
      listen: { ...listen, tls: { ...tls, hsts: 0 } },
      hosts: ["chat.example.com"],
    });
    const headers = { host: `chat.example.com:${silent.url.port}` };
    const answer = await fetch(silent.url, { headers, tls: { rejectUnauthorized: false } });
    expect([answer.status, answer.headers.get("strict-transport-security")]).toEqual([200, null]);
  }
  for (const [scheme, status] of [
    ["https", 101],
    ["http", 403],
  ] as const) {
    const answer = await ask("/board", { ...UPGRADE_HEADERS, host: own, origin: `${scheme}://${own}` });
    expect([scheme, answer.status]).toEqual([scheme, status]);
  }
});
