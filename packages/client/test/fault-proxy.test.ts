import { expect, test } from "bun:test";
import { connect, createServer, type Socket } from "node:net";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import { Mailbox } from "@fanfare/testing/mailbox";

/** One end of a TCP connection: what came, in the pieces in which it came, and how it ended. */
class End {
  readonly pieces: Mailbox<string>;
  readonly ended: Promise<"fin" | "reset">;

  constructor(
    name: string,
    readonly socket: Socket,
  ) {
    this.pieces = new Mailbox(name);
    const { promise, resolve } = Promise.withResolvers<"fin" | "reset">();
    this.ended = promise;
    socket.on("data", (bytes) => this.pieces.push(bytes.toString()));
    socket.on("end", () => {
      resolve("fin");
      socket.end();
    });
    socket.on("error", () => resolve("reset"));
  }

  get text(): string {
    return this.pieces.all.join("");
  }

  async got(text: string): Promise<void> {
    await this.pieces.when(() => this.text.length >= text.length, text);
    expect(this.text).toBe(text);
  }
}

/** A client and a server with the proxy between them. */
async function between() {
  const servers = new Mailbox<End>("the server");
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    servers.push(new End("the server's end", socket)),
  );
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxy = await FaultProxy.open(new URL(`http://127.0.0.1:${address.port}`));
  const sockets: Socket[] = [];
  const dial = () => {
    const socket = connect({
      host: "127.0.0.1",
      port: Number(proxy.url.port),
      allowHalfOpen: true,
      noDelay: true,
    });
    sockets.push(socket);
    return new End("the client's end", socket);
  };
  return {
    proxy,
    dial,
    async pair() {
      const client = dial();
      return { client, server: await servers.next() };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      for (const { socket } of servers.all) socket.destroy();
      await proxy[Symbol.asyncDispose]();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

test("carries both ways, and an end as an end", async () => {
  await using net = await between();
  const { client, server } = await net.pair();
  client.socket.write("hello");
  await server.got("hello");
  server.socket.write("good day");
  await client.got("good day");
  client.socket.end();
  expect(await server.ended).toBe("fin");
  expect(await client.ended).toBe("fin");
  await net.proxy.connections.values().next().value?.gone;
  expect(net.proxy.connections.size).toBe(0);
});

test.each(["fin", "reset"] as const)("cuts with %s, at both ends", async (how) => {
  await using net = await between();
  const { client, server } = await net.pair();
  client.socket.write("hello");
  await server.got("hello");
  const { connection } = net.proxy;
  connection.cut(how);
  expect(await Promise.all([client.ended, server.ended])).toEqual([how, how]);
  await connection.gone;
});

test("cuts after exactly so many bytes", async () => {
  await using net = await between();
  for (const bytes of [0, 1, 4, 9]) {
    const { client, server } = await net.pair();
    net.proxy.connection.cutAfter(bytes, "up", "fin");
    client.socket.write("0123");
    client.socket.write("456789");
    expect(await server.ended).toBe("fin");
    expect(server.text).toBe("0123456789".slice(0, bytes));
  }
});

test("stalls one direction, and goes on where it was", async () => {
  await using net = await between();
  const { client, server } = await net.pair();
  client.socket.write("a");
  await server.got("a");
  net.proxy.connection.stall("up");
  client.socket.write("b");
  server.socket.write("c");
  await client.got("c");
  client.socket.write("d");
  const other = await net.pair(); // links do not share their faults
  other.client.socket.write("x");
  await other.server.got("x");
  expect(server.text).toBe("a");
  net.proxy.flow();
  await server.got("abd");
});

test("a stall is felt by who sends", async () => {
  await using net = await between();
  const { client, server } = await net.pair();
  net.proxy.connection.stall();
  const block = Buffer.alloc(1024 * 1024, "x");
  const drained = Promise.withResolvers<"drained">();
  client.socket.once("drain", () => drained.resolve("drained"));
  for (let i = 0; i < 64; i++) client.socket.write(block);
  const other = await net.pair();
  other.client.socket.write("x");
  await other.server.got("x");
  expect(await Promise.race([drained.promise, Promise.resolve("full")])).toBe("full");
  net.proxy.flow();
  const got = () => server.pieces.all.reduce((sum, piece) => sum + piece.length, 0);
  await server.pieces.when(() => got() >= 64 * block.length, "all of it");
  await drained.promise;
});

test("delays, in order, and not what comes after the delay ended", async () => {
  await using net = await between();
  const { client, server } = await net.pair();
  net.proxy.delay(40, "up");
  const began = performance.now();
  client.socket.write("a");
  server.socket.write("at once");
  await client.got("at once");
  await server.got("a");
  expect(performance.now() - began).toBeGreaterThanOrEqual(39); // less is never right, more may be
  client.socket.write("b");
  server.socket.write("!");
  await client.got("at once!");
  net.proxy.delay(0);
  client.socket.write("c");
  await server.got("abc");
});

test("splits at any byte", async () => {
  await using net = await between();
  const { client, server } = await net.pair();
  net.proxy.split([1, 2, 3], "up");
  client.socket.write("abcdefghijkl");
  await server.got("abcdefghijkl");
  expect(server.pieces.all.length).toBeGreaterThan(2);
  server.socket.write("whole");
  await client.got("whole");
  expect(client.pieces.all).toEqual(["whole"]);
  net.proxy.split([]);
  client.socket.write("mnopq");
  await server.got("abcdefghijklmnopq");
  expect(server.pieces.all.at(-1)).toBe("mnopq");
});

test("half-open: swallows everything, and an end is not told", async () => {
  await using net = await between();
  const { client, server } = await net.pair();
  client.socket.write("a");
  await server.got("a");
  net.proxy.halfOpen();
  client.socket.write("b");
  server.socket.write("c");
  server.socket.end();
  client.socket.write("d");
  const other = await net.pair();
  other.client.socket.write("x");
  await other.server.got("x");
  expect(client.text).toBe("");
  expect(server.text).toBe("a");
  expect(await Promise.race([client.ended, Promise.resolve("open")])).toBe("open");
});

test("refuses new connections for a while, and leaves those that are up", async () => {
  await using net = await between();
  const { client, server } = await net.pair();
  net.proxy.refuse();
  const refused = net.dial();
  expect(await refused.ended).not.toBe("open");
  expect(net.proxy.refused).toBe(1);
  client.socket.write("still here");
  await server.got("still here");
  net.proxy.admit();
  const next = await net.pair();
  next.client.socket.write("back");
  await next.server.got("back");
});
