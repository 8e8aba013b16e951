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

test("HTTP-5: / says what is spoken where, to people and not to WebSockets", async () => {
  const response = await get("/");
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain;charset=utf-8"]);
  expect(await response.text()).toMatch(/\/ws\/:room +chat/);
  expect((await get("/", UPGRADE_HEADERS)).status).toBe(404);
});

test("HTTP-4: a missing host does not matter, and a malformed one costs nothing", async () => {
  const { hostname, port } = server.url;
  for (const head of [
    "HTTP/1.0\r\n",
    ...["a b", "[", "x:99999999", ""].map((host) => `HTTP/1.1\r\nHost: ${host}\r\n`),
  ]) {
    const answer = Promise.withResolvers<string>();
    let text = "";
    await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        open: (socket) => void socket.write(`GET /health ${head}Connection: close\r\n\r\n`),
        data: (_socket, chunk) => {
          text += chunk.toString();
        },
        close: () => answer.resolve(text),
      },
    });
    expect([head, (await answer.promise).split("\r\n")[0]]).toEqual([
      head,
      expect.stringMatching(/ (200|400) /),
    ]);
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
