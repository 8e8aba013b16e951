import { afterAll, beforeAll, expect, test } from "bun:test";
import { SUBPROTOCOL } from "@fanfare/protocol";
import { NativeClient } from "@fanfare/testing/native-client";
import { RawSocket } from "@fanfare/testing/raw-socket";
import { openServer } from "@fanfare/testing/test-server";
import { UPGRADE_HEADERS } from "@fanfare/testing/upgrade-request";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";

let server: Awaited<ReturnType<typeof openServer>>;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** All bytes that the server answers to a request, until it closes the connection. */
async function exchange({ hostname, port }: URL, request: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  let text = "";
  await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (socket) => void socket.write(request),
      data: (_socket, chunk) => {
        text += chunk.toString();
      },
      close: () => answer.resolve(text),
    },
  });
  return answer.promise;
}

async function rawRequest(server: URL, method: string, path: string) {
  const answer = await exchange(
    server,
    `${method} ${path} HTTP/1.1\r\nHost: ${server.host}\r\nConnection: close\r\n\r\n`,
  );
  const [head = "", body] = answer.split("\r\n\r\n");
  const [status = "", ...fields] = head.split("\r\n");
  return {
    status,
    fields: fields
      .map(lowerCaseName)
      .filter((field) => !field.startsWith("date:"))
      .sort(),
    body,
  };
}

function lowerCaseName(field: string): string {
  return field.replace(/^[^:]*/, (name) => name.toLowerCase());
}

const get = (path: string, headers = {}) => fetch(new URL(path, server.url), { headers });

test('HTTP-1: /health is 200 {"status":"ok"}', async () => {
  const response = await get("/health");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toStartWith("application/json");
  expect(await response.text()).toBe('{"status":"ok"}');
});

test("HTTP-2: an unknown path is 404, with or without an upgrade", async () => {
  for (const path of ["/nothing", "/ws/room1/more?username=Eren", "/health/more", "/wsx"]) {
    for (const headers of [{}, UPGRADE_HEADERS]) {
      const response = await get(path, headers);
      expect([path, response.status, await response.json()]).toEqual([path, 404, { error: "not found" }]);
    }
  }
});

test("HTTP-21: / lists pages, WebSocket addresses, the HTTP interface and the docs, for programs and not for WebSockets", async () => {
  await using listing = await openServer({ frontPage: [{ path: "/board", title: "Board", kind: "page" }] });
  const response = await fetch(listing.url);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain;charset=utf-8"]);
  expect(response.headers.get("vary")).toContain("accept");
  const text = await response.text();
  for (const line of [
    /^ +\/board +Board$/m,
    /^ +\/ws\/:room +chat$/m,
    /^ +\/health +/m,
    /^ +\/api\/session +/m,
    /docs\//,
  ])
    expect(text).toMatch(line);
  expect((await get("/", UPGRADE_HEADERS)).status).toBe(404);
});

const READ_ONLY = [
  "/",
  "/health",
  "/ws",
  "/ws/room1?username=Eren",
  "/board",
  "/api/session",
  "/api/permissions?room=a",
];

test("HTTP-22: a path that is only read answers other methods with 405 and Allow, and changes nothing", async () => {
  for (const path of READ_ONLY) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const response = await fetch(new URL(path, server.url), { method });
      expect([method, path, response.status]).toEqual([method, path, 405]);
      expect([path, response.headers.get("allow")]).toEqual([path, "GET, HEAD"]);
      expect(await response.json()).toEqual({ error: `this address does not take ${method}` });
    }
    const options = await fetch(new URL(path, server.url), { method: "OPTIONS" });
    expect([path, options.status, options.headers.get("allow")]).toEqual([path, 204, "GET, HEAD"]);
  }
  expect((await fetch(new URL("/nowhere", server.url), { method: "POST" })).status).toBe(404);
});

test("HTTP-22: HEAD is answered as GET, without the body", async () => {
  for (const path of [...READ_ONLY, "/nowhere", "/api/todos"]) {
    const [got, head] = [
      await rawRequest(server.url, "GET", path),
      await rawRequest(server.url, "HEAD", path),
    ];
    expect([path, head]).toEqual([path, { ...got, body: "" }]);
  }
});

test("HTTP-24: what the HTTP parser refuses has a status line, no body, and an end", async () => {
  const bare = (status: string) => `HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`;
  for (const [request, answer] of [
    ["NONSENSE", bare("400 Bad Request")],
    ["GET / HTTP/1.1", bare("400 Bad Request")],
    ["GET / HTTP/1.1\r\nHost: a\r\nBad Header: 1", bare("400 Bad Request")],
    ["GET / HTTP/2.0\r\nHost: a", bare("505 HTTP Version Not Supported")],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}`, bare("431 Request Header Fields Too Large")],
  ] as const) {
    expect([request.slice(0, 60), await exchange(server.url, `${request}\r\n\r\n`)]).toEqual([
      request.slice(0, 60),
      answer,
    ]);
  }
});

test("HTTP-2 HTTP-24: another version of WebSocket is 426, which names the one that is spoken", async () => {
  for (const version of ["8", "14", ""]) {
    const response = await get("/ws", { ...UPGRADE_HEADERS, "sec-websocket-version": version });
    expect([version, response.status]).toEqual([version, 426]);
    expect(response.headers.get("sec-websocket-version")).toBe("13");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toEqual({ error: "the server speaks version 13 of WebSocket" });
  }
});

test("HTTP-15: a slash at the end of an address does not matter, except for an empty room", async () => {
  const answer = async (path: string, headers = {}) => {
    const response = await get(path, headers);
    return [path, response.status, await response.text()];
  };
  expect(await answer("/health/")).toEqual(["/health/", 200, '{"status":"ok"}']);
  expect((await answer("/api/session/"))[1]).toBe(200);
  expect((await answer("/api/permissions/?room=a"))[1]).toBe(200);
  for (const path of ["/board/", "/echo/", "/ws/lobby/?username=Eren", "/feed/news/"]) {
    expect((await answer(path))[1]).toBe(426);
    const socket = await RawSocket.open(server.url, path);
    socket.destroy();
  }
  const eren = await WebSocketClient.open("Eren", server.url, "/ws/slash/?username=Eren");
  const armin = await WebSocketClient.open("Armin", server.url, "/ws/slash?username=Armin");
  for (const client of [eren, armin])
    await client.frames.next((text) => text.includes("Armin joined the room"));
  for (const client of [eren, armin]) await client.close();
  const chat = "room and username are required";
  expect(await answer("/ws/?username=Eren", UPGRADE_HEADERS)).toEqual([
    "/ws/?username=Eren",
    400,
    JSON.stringify({ error: chat }),
  ]);
  for (const path of ["/health//", "/board//", "/ws/room1//?username=Eren", "/health/more/"]) {
    expect((await answer(path, UPGRADE_HEADERS))[1]).toBe(404);
  }
});

test("HTTP-4: a missing host does not matter, and a malformed one costs nothing", async () => {
  for (const head of [
    "HTTP/1.0\r\n",
    ...["a b", "[", "x:99999999", ""].map((host) => `HTTP/1.1\r\nHost: ${host}\r\n`),
  ]) {
    const answer = await exchange(server.url, `GET /health ${head}Connection: close\r\n\r\n`);
    expect([head, answer.split("\r\n")[0]]).toEqual([head, expect.stringMatching(/ (200|400) /)]);
  }
});

test("HTTP-2: a WebSocket address that was asked for no WebSocket is 426", async () => {
  for (const path of ["/ws/room1?username=Eren", "/ws"]) {
    const response = await get(path);
    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
    expect(await response.json()).toEqual({ error: "this is a WebSocket address" });
  }
});

test("PLAIN-2: a plain mount ignores subprotocols that it does not know, and selects none", async () => {
  for (const path of ["/ws/room1?username=Eren", "/ws", "/board", "/feed", "/echo"]) {
    for (const offered of ["arduino", "", "mqtt, graphql-ws"]) {
      const response = await get(path, { ...UPGRADE_HEADERS, "sec-websocket-protocol": offered });
      expect([path, offered, response.status]).toEqual([path, offered, 101]);
      expect([offered, response.headers.get("sec-websocket-protocol")]).toEqual([offered, null]);
    }
  }
  const device = await RawSocket.open(server.url, "/echo", "arduino");
  device.text("hello");
  await device.frames.next(({ payload }) => payload.toString().endsWith("server: hello"));
  device.destroy();
});

test("PLAIN-2 HTTP-2: another version of Fanfare's own subprotocol is 400, also on an address that would do", async () => {
  for (const offered of [
    "fanfare.v2.json",
    "fanfare.v2.json, graphql-ws",
    "mqtt,fanfare.",
    "FANFARE.V1.JSON",
  ]) {
    const headers = { ...UPGRADE_HEADERS, "sec-websocket-protocol": offered };
    const response = await get("/ws/room1?username=Eren", headers);
    expect([offered, response.status]).toEqual([offered, 400]);
    expect(await response.json()).toEqual({
      error: `unknown subprotocol; the server speaks ${SUBPROTOCOL}, or a plain wire without a subprotocol of Fanfare`,
    });
  }
});

test("FRAME-1: native is spoken on every mount by its subprotocol, whatever else is offered", async () => {
  for (const path of ["/ws", "/ws/room1", "/ws/room1?username=Eren"]) {
    const client = await NativeClient.open(server.url, "Armin", path);
    expect(client.socket.protocol).toBe(SUBPROTOCOL);
    expect(await client.request({ op: "hello", user: "Armin" })).toMatchObject({ op: "ok", user: "Armin" });
    await client.close();
  }
  const response = await get("/ws", { ...UPGRADE_HEADERS, "sec-websocket-protocol": `mqtt, ${SUBPROTOCOL}` });
  expect([response.status, response.headers.get("sec-websocket-protocol")]).toEqual([101, SUBPROTOCOL]);
});

test("CHAT-2: a chat client is not told a subprotocol that it did not ask for", async () => {
  const link = await WebSocketClient.open("Eren", server.url, "/ws/room1?username=Eren");
  expect(link.protocol).toBe("");
  await link.close();
});
