import type { Socket } from "node:net";
import { Pipe } from "./pipe.ts";

/** `up`: from the client to the server. */
export type Direction = "up" | "down";
/** `fin`: both ends are told in good order; `reset`: they are not. */
export type Cut = "fin" | "reset";

const BOTH: readonly Direction[] = ["up", "down"];

/** One connection through the proxy. Does what it is told at once, and nothing by itself. */
export class ProxiedLink {
  /** Resolves when neither end is connected any more. */
  readonly gone: Promise<void>;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;
  #halfOpen = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
  ) {
    this.#pipes = { up: new Pipe(client, server), down: new Pipe(server, client) };
    this.gone = Promise.all([this.#follow(client, server), this.#follow(server, client)]).then(() => {});
  }

  /** Bytes carried so far. */
  carried(direction: Direction): number {
    return this.#pipes[direction].carried;
  }

  /** Ends the connection at both ends; what has not been carried yet never is. */
  cut(how: Cut): void {
    for (const direction of BOTH) this.#pipes[direction].swallow();
    for (const socket of [this.client, this.server]) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.end();
    }
  }

  /** Cuts once exactly so many more bytes have gone in that direction. */
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

  /** From now on both ends believe in a connection that carries nothing; one end's close is not told to the other. */
  halfOpen(): void {
    this.#halfOpen = true;
    for (const direction of BOTH) this.#pipes[direction].swallow();
  }

  /** Leaves nothing behind. */
  destroy(): void {
    for (const direction of BOTH) this.#pipes[direction].swallow();
    this.client.destroy();
    this.server.destroy();
  }

  #follow(socket: Socket, other: Socket): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on("error", () => {
      // Refused or reset: the other end learns it in the same way. "close" follows.
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
