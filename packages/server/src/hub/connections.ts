import { CLOSE, isRefused, type Refusal, refuse } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";
import type { Authorizer } from "./authorizer.ts";
import { Connection } from "./connection.ts";
import { FlowControl, type FlowHost } from "./flow-control.ts";
import type { Identity } from "./identity.ts";
import type { Authenticator, ClientSocket, Clock, Randomness } from "./ports.ts";
import { TokenExpiry } from "./token-expiry.ts";

export interface ConnectionsOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly limits: Limits;
  readonly authorizer: Authorizer;
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

  /** @returns undefined where no tokens are in use */
  verify(token: string): ReturnType<Authenticator["verify"]> | undefined {
    return this.options.auth?.verify(token);
  }

  /**
   * Replaces the connection's token by a new one of the same user.
   * @param done called once unless the connection closes before: with the refusal, or undefined if the token was accepted
   * @returns why it is refused at once, or undefined
   */
  renew(
    connection: Connection,
    token: string,
    done: (refusal: Refusal | undefined) => void,
  ): Refusal | undefined {
    const { authorizer, clock } = this.options;
    const verifying = connection.identity.proof && this.verify(token);
    if (verifying === undefined) {
      return refuse("unauthorized", "Who came without a token has none to renew; connect again with it.");
    }
    connection.flow.addRequests(1);
    void verifying.then((caller) => {
      connection.flow.addRequests(-1);
      if (connection.closed) return;
      const proof = authorizer.renew(connection.identity, caller);
      const refusal = isRefused(proof) ? proof : undefined;
      if (!isRefused(proof)) connection.renew(proof, clock.now());
      done(refusal);
    });
    return undefined;
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
