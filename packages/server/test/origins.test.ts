import { afterAll, beforeAll, expect, test } from "bun:test";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";

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

test("ORIGIN-3 HTTP-2: a page of another origin gets 403 and no connection, at every address", async () => {
  for (const path of PATHS) {
    for (const origin of ["https://evil.example", "null", "http://localhost.evil.example"]) {
      for (const response of await upgrades(path, { origin })) {
        expect([path, origin, response.status]).toEqual([path, origin, 403]);
        expect(await response.json()).toEqual({ error: expect.stringContaining("origin") });
      }
    }
  }
});

test("ORIGIN-1 ORIGIN-2 ORIGIN-3: pages of this host, of localhost and of listed origins are admitted, and whoever is no browser", async () => {
  const own = server.url.origin;
  const all = [
    { origin: own },
    { origin: "http://localhost:3000" },
    { origin: "https://app.example.com" },
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
