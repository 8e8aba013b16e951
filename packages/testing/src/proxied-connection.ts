import type { Socket } from "node:net";
import { Pipe } from "./pipe.ts";

/** `up`: from the client to the server. */
export type Direction = "up" | "down";
/** `fin` closes both ends in order; `reset` resets them. */
export type Cut = "fin" | "reset";

const BOTH: readonly Direction[] = ["up", "down"];

/** One connection through the proxy. Faults take effect at once. */
export class ProxiedConnection {
  /** Resolves once both ends are closed. */
  readonly gone: Promise<void>;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;
  #halfOpen = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
  ) {
    this.#pipes = { up: new Pipe(client, server), down: new Pipe(server, client) };
    this.gone = Promise.all([this.#watch(client, server), this.#watch(server, client)]).then(() => {});
  }

  /** Bytes carried so far. */
  carried(direction: Direction): number {
    return this.#pipes[direction].carried;
  }

  /** Closes both ends; bytes that were not carried yet are lost. */
  cut(how: Cut): void {
    for (const direction of BOTH) this.#pipes[direction].swallow();
    for (const socket of [this.client, this.server]) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.end();
    }
  }

  /** Cuts after exactly so many more bytes in that direction. */
  cutAfter(bytes: number, direction: Direction, how: Cut): void {
    this.#pipes[direction].cutAfter(bytes, () => this.cut(how));
  }

  stall(...directions: Direction[]): void {
    for (const direction of either(directions)) this.#pipes[direction].stall();
  }

  flow(...directions: Direction[]): void {
    for (const direction of either(directions)) this.#pipes[direction].flow();
  }

  delay(ms: number, ...directions: Direction[]): void {
    for (const direction of either(directions)) this.#pipes[direction].delay(ms);
  }

  split(pieces: readonly number[], ...directions: Direction[]): void {
    for (const direction of either(directions)) this.#pipes[direction].split(pieces);
  }

  /** Both ends stay open and nothing is carried any more; a close of one end does not reach the other. */
  halfOpen(): void {
    this.#halfOpen = true;
    for (const direction of BOTH) this.#pipes[direction].swallow();
  }

  /** Closes both sockets without a handshake. */
  destroy(): void {
    for (const direction of BOTH) this.#pipes[direction].swallow();
    this.client.destroy();
    this.server.destroy();
  }

  #watch(socket: Socket, other: Socket): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on("error", () => {
      // Refused or reset: reset the other end, too. "close" follows.
      if (!this.#halfOpen) other.resetAndDestroy();
    });
    socket.on("close", () => {
      if (!this.#halfOpen && other.writableEnded) other.destroy();
      resolve();
    });
    return promise;
  }
}

function either(directions: readonly Direction[]): readonly Direction[] {
  return directions.length === 0 ? BOTH : directions;
}
