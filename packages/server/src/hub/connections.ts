import { CLOSE } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import { Connection } from "./connection.ts";
import { FlowControl, type FlowHost } from "./flow-control.ts";
import type { Identity } from "./identity.ts";
import type { Authenticator, ClientSocket, Clock, Randomness } from "./ports.ts";
import { TokenExpiry } from "./token-expiry.ts";

export interface ConnectionsOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly limits: Limits;
  readonly auth?: Authenticator;
  readonly flowHost: FlowHost;
}

/** The connections of this node. */
export class Connections {
  readonly #connections = new Set<Connection>();

  constructor(private readonly options: ConnectionsOptions) {}

  /** @param expiring called before its token expires, with the ms that are left */
  open(socket: ClientSocket, identity: Identity, expiring: (left: number) => void): Connection {
    const { clock, randomness, limits, auth, flowHost } = this.options;
    const { user, proof } = identity;
    const connection = new Connection(
      randomness.name(),
      identity,
      socket,
      new FlowControl(socket, limits, flowHost),
      limits,
      proof && new TokenExpiry(clock, socket, expiring),
    );
    this.#connections.add(connection);
    socket.named?.(user, proof !== undefined);
    // The token may have been revoked since it was verified.
    if (proof && auth?.revoked(user, proof)) socket.close(CLOSE.revoked.code, CLOSE.revoked.reason);
    return connection;
  }

  /** @returns whether it was open */
  close(connection: Connection): boolean {
    this.#connections.delete(connection);
    return connection.close();
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#connections.values();
  }
}
