import { afterAll, expect, test } from "bun:test";
import { textFrame } from "@fanfare/testing/frame-writer";
import { FrameSocket } from "./frame-socket.ts";

/** Sends every text back, pings on "ping", and closes on "close". Refuses upgrades of /no. */
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, server) =>
    !request.url.endsWith("/no") && server.upgrade(request)
      ? undefined
      : new Response("not here", { status: 404 }),
  websocket: {
    message(socket, text) {
      if (text === "ping") socket.ping("are you there");
      else if (text === "close") socket.close(4321, "as you wish");
      else if (text === "cut") socket.terminate();
      else socket.sendText(String(text));
    },
    pong: (socket, bytes) => void socket.sendText(`pong: ${bytes}`),
  },
});
afterAll(() => server.stop(true));

const url = `ws://127.0.0.1:${server.port}`;

/** What a client received, in order; data and the close. */
async function connect(edge?: number) {
  const received: string[] = [];
  let wake = () => {};
  const receive = (text: string) => {
    received.push(text);
    wake();
  };
  const client = await FrameSocket.open(
    url,
    {
      data: (bytes, start, end) => receive(bytes.toString("utf8", start, end)),
      closed: (code, reason) => receive(`closed ${code} ${reason}`),
    },
    edge === undefined ? {} : { edge },
  );
  const next = async () => {
    while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return received.shift() ?? "";
  };
  return { client, next };
}

test("sends and receives texts, large ones and many at once", async () => {
  const { client, next } = await connect();
  const large = "x".repeat(300_000);
  client.send(textFrame("Grüße"));
  client.send(textFrame(large));
  client.send(Buffer.concat([textFrame("a"), textFrame("b")]));
  expect(await next()).toBe("Grüße");
  expect(await next()).toBe(large);
  expect([await next(), await next()]).toEqual(["a", "b"]);
  client.terminate();
});

test("answers a ping with its payload", async () => {
  const { client, next } = await connect();
  client.send(textFrame("ping"));
  expect(await next()).toBe("pong: are you there");
  client.terminate();
});

test("reports the close code, and 1006 for a connection that ends without one", async () => {
  const closed = await connect();
  closed.client.send(textFrame("close"));
  expect(await closed.next()).toBe("closed 4321 as you wish");
  expect(closed.client.isOpen).toBe(false);
  const cut = await connect();
  cut.client.send(textFrame("cut"));
  expect(await cut.next()).toBe("closed 1006 ");
});

test("says why no connection comes about", async () => {
  const ignore = { data() {}, closed() {} };
  await expect(FrameSocket.open(`${url}/no`, ignore)).rejects.toThrow(/404.*not here/);
  await expect(FrameSocket.open("ws://127.0.0.1:1", ignore)).rejects.toThrow();
});
