import { afterAll, beforeAll, expect, test } from "bun:test";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { openServer } from "@fanfare/testing/test-server";
import { BY_SECRET, token } from "@fanfare/testing/tokens";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { LineLog } from "./support/line-log.ts";

let server: Awaited<ReturnType<typeof openServer>>;
beforeAll(async () => {
  server = await openServer({ origins: ["https://app.example.com"] });
});
afterAll(() => server[Symbol.asyncDispose]());

const PATHS = ["/ws", "/ws/room1?username=Eren", "/board", "/feed", "/feed/topic", "/echo"];

/** The answer to an upgrade, with every protocol that the path speaks. */
async function upgrades(path: string, headers: Record<string, string>): Promise<Response[]> {
  const url = new URL(path, server.url);
  const native = { "sec-websocket-protocol": SUBPROTOCOL };
  return [
    await fetch(url, { headers: { ...UPGRADE_HEADERS, ...headers } }),
    await fetch(url, { headers: { ...UPGRADE_HEADERS, ...native, ...headers } }),
  ];
}

test("ORIGIN-4 HTTP-2: a page of another origin gets 403 and no connection, at every address", async () => {
  for (const path of PATHS) {
    for (const origin of ["https://evil.example", "null", "file://", "http://localhost.evil.example"]) {
      for (const response of await upgrades(path, { origin })) {
        expect([path, origin, response.status]).toEqual([path, origin, 403]);
        expect(await response.json()).toEqual({ error: expect.stringContaining("origin") });
      }
    }
  }
});

test("ORIGIN-1 ORIGIN-2 ORIGIN-4: pages of this host, of localhost and of listed origins are admitted, and whoever is no browser", async () => {
  const own = server.url.origin;
  const all = [
    { origin: own },
    { origin: "http://localhost:3000" },
    { origin: "https://app.example.com" },
    { origin: "https://app.example.com/" },
    {},
  ];
  for (const path of PATHS) {
    for (const headers of all) {
      for (const { status } of await upgrades(path, headers)) {
        expect([path, headers, status]).toEqual([path, headers, 101]);
      }
    }
  }
});

test("ORIGIN-5: file:// and null can be listed, and * admits every page, with a warning; cookies count from listed origins alone", async () => {
  const cookie = `fanfare_token=${await token("ada")}`;
  for (const [listed, origin, cookieStatus] of [
    ["file://", "file://", 200],
    ["null", "null", 401],
    ["*", "null", 401],
    ["*", "file://", 401],
    ["*", "https://evil.example", 401],
    ["*", "not an origin", 401],
    ["*", "http://localhost:3000", 200],
  ] as const) {
    const what = `${listed} and ${origin}`;
    const log = new LineLog();
    await using server = await openServer({ origins: [listed], log, auth: BY_SECRET });
    expect([what, log.of("origins.any").length]).toEqual([what, listed === "*" ? 1 : 0]);
    const url = new URL("/board?token=x", server.url);
    const upgrade = await fetch(url, { headers: { ...UPGRADE_HEADERS, origin } });
    expect([what, upgrade.status]).toEqual([what, 401]); // because of the token: a refused origin is 403
    const session = await fetch(new URL("/api/session", server.url), { headers: { origin, cookie } });
    expect([what, session.status]).toEqual([what, cookieStatus]);
    const withCredentials = session.headers.get("access-control-allow-credentials");
    expect([what, withCredentials]).toEqual([what, listed === "file://" ? "true" : null]);
  }
});

test("HTTP-25 HTTP-26: a refused page learns why, and what to set, from the refusal and from /api/origin", async () => {
  const host = server.url.host;
  const proxied = {
    origin: "http://chat.example",
    reason: `This page is at http://chat.example, but its requests reach the server with the header Host: ${host}. Have the proxy in front of the server pass on Host as it is, or start the server with --origin http://chat.example (docs/proxies.md).`,
  };
  const [refusal] = await upgrades("/board", { origin: proxied.origin });
  expect([refusal?.status, await refusal?.json()]).toEqual([403, { error: proxied.reason }]);
  const post = await fetch(new URL("/board", server.url), {
    method: "POST",
    headers: { origin: proxied.origin },
  });
  expect([post.status, await post.json()]).toEqual([403, { error: proxied.reason }]);
  for (const origin of ["", "*", "https://*.evil.example", "http://localhost/x"]) {
    const [response] = await upgrades("/board", { origin });
    const error = `The header Origin is ${JSON.stringify(origin)}, which is no page's origin.`;
    expect([origin, response?.status, await response?.json()]).toEqual([origin, 403, { error }]);
  }
  const ask = async (query: string) => {
    const response = await fetch(new URL(`/api/origin${query}`, server.url));
    return [response.status, await response.json()];
  };
  expect(await ask(`?origin=${proxied.origin}`)).toEqual([
    200,
    { origin: proxied.origin, host, admitted: false, reason: proxied.reason },
  ]);
  const own = server.url.origin;
  expect(await ask(`?origin=${own}`)).toEqual([200, { origin: own, host, admitted: true }]);
  expect(await ask("")).toEqual([400, { error: "origin must be the origin of a page" }]);
  expect((await ask("?origin=https://*.evil.example"))[0]).toBe(400);
  expect(await ask("?origin=not%20an%20origin")).toEqual([
    400,
    { error: "origin must be the origin of a page" },
  ]);
});
