import { connect, createServer, type Server, type Socket } from "node:net";
import { type Cut, type Direction, ProxiedConnection } from "./proxied-connection.ts";

/**
 * A bad network: a TCP proxy between clients and a server, with faults that the test injects. A method of the proxy
 * applies to all its present connections, a method of a connection to that one.
 */
export class FaultProxy implements AsyncDisposable {
  /** The open connections. */
  readonly connections = new Set<ProxiedConnection>();
  /** Called with each new connection before the proxy carries its first byte. */
  onConnection: (connection: ProxiedConnection) => void = () => {};
  /** Connections accepted, and connections refused. */
  accepted = 0;
  refused = 0;
  #refuses = false;

  private constructor(
    private readonly listener: Server,
    /** Where new connections go. */
    public target: URL,
    /** What clients connect to instead of the target. */
    readonly url: URL,
  ) {
    listener.on("connection", (socket) => this.#accept(socket));
  }

  static async open(target: URL): Promise<FaultProxy> {
    // The proxy itself closes one side after the other side closed.
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      listener.on("error", reject);
      listener.listen(0, "127.0.0.1", resolve);
    });
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    return new FaultProxy(listener, target, new URL(`http://127.0.0.1:${address.port}`));
  }

  /** The newest connection. @throws if none is open. */
  get connection(): ProxiedConnection {
    const connection = [...this.connections].at(-1);
    if (connection === undefined) throw new Error("no connection is open");
    return connection;
  }

  cut(how: Cut): void {
    for (const connection of this.connections) connection.cut(how);
  }

  stall(...directions: Direction[]): void {
    for (const connection of this.connections) connection.stall(...directions);
  }

  flow(...directions: Direction[]): void {
    for (const connection of this.connections) connection.flow(...directions);
  }

  delay(ms: number, ...directions: Direction[]): void {
    for (const connection of this.connections) connection.delay(ms, ...directions);
  }

  split(pieces: readonly number[], ...directions: Direction[]): void {
    for (const connection of this.connections) connection.split(pieces, ...directions);
  }

  halfOpen(): void {
    for (const connection of this.connections) connection.halfOpen();
  }

  /**
   * Resets new connections until `admit`. It keeps the port meanwhile, since another program could take it.
   */
  refuse(): void {
    this.#refuses = true;
  }

  admit(): void {
    this.#refuses = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.listener.close(resolve));
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    if (this.#refuses) {
      this.refused++;
      socket.on("error", () => {});
      socket.resetAndDestroy();
      return;
    }
    this.accepted++;
    const server = connect({
      host: this.target.hostname,
      port: Number(this.target.port),
      allowHalfOpen: true,
      noDelay: true,
    });
    const connection = new ProxiedConnection(socket, server);
    this.connections.add(connection);
    void connection.gone.then(() => this.connections.delete(connection));
    this.onConnection(connection);
  }
}
