import { connect, createServer, type Server, type Socket } from "node:net";
import { type Cut, type Direction, ProxiedLink } from "./proxied-link.ts";

/**
 * A bad network: a TCP proxy between clients and a server. It does what the test says, when the test says it; nothing
 * in it is left to chance. What is told to the proxy goes for all links that there are; what is told to a link, for it.
 */
export class FaultProxy implements AsyncDisposable {
  /** The links that are up. */
  readonly links = new Set<ProxiedLink>();
  /** Called with each new link, before its first byte is carried. */
  onLink: (link: ProxiedLink) => void = () => {};
  /** Connections that were taken, and those that were refused. */
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
    listener.on("connection", (socket) => this.#take(socket));
  }

  static async open(target: URL): Promise<FaultProxy> {
    // The proxy itself ends a side when the other has ended.
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      listener.on("error", reject);
      listener.listen(0, "127.0.0.1", resolve);
    });
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    return new FaultProxy(listener, target, new URL(`http://127.0.0.1:${address.port}`));
  }

  /** The newest link. @throws if none is up. */
  get link(): ProxiedLink {
    const link = [...this.links].at(-1);
    if (link === undefined) throw new Error("no link is up");
    return link;
  }

  cut(how: Cut): void {
    for (const link of this.links) link.cut(how);
  }

  stall(...directions: Direction[]): void {
    for (const link of this.links) link.stall(...directions);
  }

  flow(...directions: Direction[]): void {
    for (const link of this.links) link.flow(...directions);
  }

  delay(ms: number, ...directions: Direction[]): void {
    for (const link of this.links) link.delay(ms, ...directions);
  }

  split(pieces: readonly number[], ...directions: Direction[]): void {
    for (const link of this.links) link.split(pieces, ...directions);
  }

  halfOpen(): void {
    for (const link of this.links) link.halfOpen();
  }

  /**
   * Resets new connections until `admit`. The port stays ours meanwhile: given up, it could be another's when it is
   * wanted again.
   */
  refuse(): void {
    this.#refuses = true;
  }

  admit(): void {
    this.#refuses = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.listener.close(resolve));
    for (const link of this.links) link.destroy();
    await closed;
  }

  #take(socket: Socket): void {
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
    const link = new ProxiedLink(socket, server);
    this.links.add(link);
    void link.gone.then(() => this.links.delete(link));
    this.onLink(link);
  }
}
