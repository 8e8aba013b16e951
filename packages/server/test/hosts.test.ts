import { describe, expect, test } from "bun:test";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { Hosts, parseHostPattern } from "../src/gateway/hosts.ts";

const tcp = (host: string) => ({ kind: "tcp", host, port: 8080 }) as const;
const names = (...patterns: string[]) => patterns.flatMap((text) => parseHostPattern(text) ?? []);

describe("HTTP-10: by which names a server may be called", () => {
  const usual = [
    "localhost",
    "localhost:8080",
    "LOCALHOST.",
    "a.localhost",
    "127.0.0.1:1",
    "127.1.2.3",
    "[::1]:80",
  ];
  const strange = [
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "0.0.0.0",
  ];
  for (const [what, hosts, admitted, refused] of [
    ["a loopback name", new Hosts([], tcp("localhost")), usual, [...strange, "10.0.0.1", "[fe80::1]"]],
    [
      "its own",
      new Hosts([], tcp("chat.lan")),
      [...usual, "chat.lan", "CHAT.lan:80"],
      [...strange, "x.chat.lan"],
    ],
    ["its address", new Hosts([], tcp("10.0.0.1")), [...usual, "10.0.0.1:80"], [...strange, "10.0.0.2"]],
    [
      "any address",
      new Hosts([], tcp("0.0.0.0")),
      [...usual, "10.0.0.1", "[2001:db8::1]:80"],
      ["evil.example"],
    ],
    [
      "any address of v6",
      new Hosts([], tcp("::")),
      [...usual, "10.0.0.1", "[2001:db8::1]:80"],
      ["evil.example"],
    ],
    [
      "any address of both",
      new Hosts([], tcp("*")),
      [...usual, "10.0.0.1", "[2001:db8::1]:80"],
      ["evil.example"],
    ],
    [
      "what is configured",
      new Hosts(names("chat.example.com", "*.example.org"), tcp("0.0.0.0")),
      ["chat.example.com:443", "a.example.org", "a.b.example.org"],
      ["example.com", "example.org", "aexample.org", "evil.chat.example.com"],
    ],
    ["anything behind a socket", new Hosts([], { kind: "unix", path: "x" }), [...usual, "evil.example"], []],
    [
      "its names behind a socket",
      new Hosts(names("a.b"), { kind: "unix", path: "x" }),
      ["a.b"],
      ["evil.example"],
    ],
  ] as const) {
    test(`HTTP-10: ${what}`, () => {
      for (const host of admitted) expect([host, hosts.admit(host)]).toEqual([host, true]);
      for (const host of refused) expect([host, hosts.admit(host)]).toEqual([host, false]);
      expect(hosts.admit(null)).toBe(true);
    });
  }
});

test("HTTP-10: called by another name, which a page made lead here, nothing answers but 421", async () => {
  await using server = await openServer({ hosts: ["chat.example.com"], http: () => new Response("page") });
  const { port } = server.url;
  const evil = `evil.example:${port}`;
  const rebound = { host: evil, origin: `http://${evil}` };
  for (const path of [
    "/",
    "/health",
    "/page",
    "/ws",
    "/board",
    "/ws/a?username=b",
    "/feed",
    "/echo",
    "/api/session",
  ]) {
    for (const headers of [
      {},
      UPGRADE_HEADERS,
      { ...UPGRADE_HEADERS, "sec-websocket-protocol": SUBPROTOCOL },
    ]) {
      const response = await fetch(new URL(path, server.url), { headers: { ...headers, ...rebound } });
      expect([path, response.status]).toEqual([path, 421]);
      expect(await response.json()).toEqual({ error: expect.stringContaining("--allow-host") });
    }
  }
  const headers = { host: "chat.example.com" };
  expect((await fetch(new URL("/page", server.url), { headers })).status).toBe(200);
});

describe("HTTP-24: what every answer says", () => {
  test("HTTP-24: pages of admitted origins may read answers, those of listed ones with cookies, others not", async () => {
    const asked: string[] = [];
    const http = (request: Request) => {
      asked.push(request.method);
      return new Response("done");
    };
    await using server = await openServer({ http, origins: ["https://app.example.com"] });
    const ask = async (method: string, origin: string, more = {}) => {
      const response = await fetch(new URL("/thing", server.url), { method, headers: { origin, ...more } });
      const { headers } = response;
      expect(headers.get("vary")).toContain("origin");
      return [
        response.status,
        headers.get("access-control-allow-origin"),
        headers.get("access-control-allow-credentials"),
      ];
    };
    const before = { "access-control-request-method": "PATCH" };
    for (const [origin, listed] of [
      ["https://app.example.com", "true"],
      ["http://localhost:3000", null],
    ] as const) {
      expect(await ask("OPTIONS", origin, before)).toEqual([204, origin, listed]);
      expect(asked.splice(0)).toEqual([]);
      expect(await ask("PATCH", origin)).toEqual([200, origin, listed]);
      expect(asked.splice(0)).toEqual(["PATCH"]);
    }
    for (const origin of ["https://evil.example", "null", "https://app.example.com.evil.example"]) {
      expect(await ask("OPTIONS", origin, before)).toEqual([403, null, null]);
      expect(await ask("PATCH", origin)).toEqual([403, null, null]);
      expect(await ask("GET", origin)).toEqual([200, null, null]);
    }
  });
});
