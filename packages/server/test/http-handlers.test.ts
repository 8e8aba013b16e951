import { expect, test } from "bun:test";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { firstOf, type HttpHandler } from "../src/gateway/http-handler.ts";

const mine =
  (path: string, answer: () => Response | Promise<Response>): HttpHandler =>
  (request) =>
    new URL(request.url).pathname === path ? answer() : undefined;

test("HTTP-2: a handler answers what asks for no WebSocket; the rest is the mounts'", async () => {
  const http = firstOf([
    mine("/page", () => new Response("a page")),
    mine("/page", () => new Response("never asked")),
    mine("/board", async () => new Response("the board's page")),
    mine("/health", () => new Response("mine")),
  ]);
  await using server = await openServer({ http, notFound: () => new Response("nowhere", { status: 404 }) });
  const get = (path: string, headers = {}) => fetch(new URL(path, server.url), { headers });
  expect(await (await get("/page")).text()).toBe("a page");
  expect(await (await get("/board")).text()).toBe("the board's page");
  expect((await get("/board", UPGRADE_HEADERS)).status).toBe(101);
  expect((await get("/page", UPGRADE_HEADERS)).status).toBe(404);
  expect(await (await get("/health")).text()).toBe('{"status":"ok"}');
  expect((await get("/ws")).status).toBe(426);
  const missing = await get("/nothing");
  expect([missing.status, await missing.text()]).toEqual([404, "nowhere"]);
  expect(await (await get("/")).text()).toStartWith("Fanfare is up.");
});

test("HTTP-7: a page of another origin changes nothing over HTTP", async () => {
  const asked: string[] = [];
  const http: HttpHandler = (request) => {
    asked.push(request.method);
    return new Response("done");
  };
  await using server = await openServer({ http });
  const ask = (method: string, origin?: string) =>
    fetch(new URL("/page", server.url), { method, headers: origin === undefined ? {} : { origin } });
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    for (const origin of ["https://evil.example", "null", "http://localhost.evil.example"]) {
      const refused = await ask(method, origin);
      expect([method, origin, refused.status]).toEqual([method, origin, 403]);
    }
  }
  expect(asked).toEqual([]);
  for (const [method, origin] of [
    ["GET", "https://evil.example"],
    ["POST", server.url.origin],
    ["POST", undefined],
  ] as const) {
    expect((await ask(method, origin)).status).toBe(200);
  }
  expect(asked).toEqual(["GET", "POST", "POST"]);
});

test("HTTP-2: a handler's fault is 500 and logged, and nothing of it leaks", async () => {
  const faults: unknown[] = [];
  const http = firstOf([
    mine("/throws", () => {
      throw new Error("secret thing");
    }),
    mine("/rejects", () => Promise.reject(new Error("secret promise"))),
  ]);
  await using server = await openServer({ http, onFault: (fault) => faults.push(fault) });
  for (const path of ["/throws", "/rejects"]) {
    const response = await fetch(new URL(path, server.url));
    expect([response.status, await response.json()]).toEqual([500, { error: "internal error" }]);
  }
  expect(faults).toEqual([new Error("secret thing"), new Error("secret promise")]);
  expect((await fetch(new URL("/health", server.url))).status).toBe(200);
});
