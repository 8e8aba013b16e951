import { connect, createServer } from "node:net";

const HEAD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE) \S+ HTTP\/1\.1\r\n/;

/** A proxy at 127.0.0.2 that changes the header `Host` of each request, as nginx does unless it is told otherwise. */
export class RewritingProxy implements AsyncDisposable {
  private constructor(
    readonly url: URL,
    private readonly end: () => Promise<void>,
  ) {}

  /** @param target asked for each connection @param host the `Host` that the server gets; undefined passes on that of the client */
  static async open(target: () => URL, host?: () => string): Promise<RewritingProxy> {
    const sockets = new Set<{ destroy(): void }>();
    const server = createServer((client) => {
      const { hostname, port } = target();
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on("error", () => {});
      }
      client.on("data", (bytes) => {
        const text = bytes.toString("latin1");
        const isHead = host !== undefined && HEAD.test(text);
        upstream.write(
          isHead ? Buffer.from(text.replace(/^host: .*$/im, `Host: ${host()}`), "latin1") : bytes,
        );
      });
      upstream.on("data", (bytes) => client.write(bytes));
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
    });
    // Not 127.0.0.1, whose pages are admitted at any port.
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.2", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    return new RewritingProxy(new URL(`http://127.0.0.2:${address.port}`), async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
