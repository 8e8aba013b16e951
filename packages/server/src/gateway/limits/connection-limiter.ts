import type { Limits, RateLimits } from "../../config/limits.ts";
import type { Clock } from "../../hub/ports.ts";
import { BoundedRegistry, type Held } from "./bounded-registry.ts";
import type { LimitLog } from "./limit-log.ts";
import { countedAs } from "./network.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface ConnectionLimiterOptions {
  readonly limits: Pick<Limits, "connections" | "connectionsPerAddress">;
  readonly rateLimits?: RateLimits;
  readonly clock: Pick<Clock, "now">;
  readonly limitLog: LimitLog;
}

/** Why a request is refused before it is handled: 429 if its address is past a limit, 503 if the server is. */
export interface Overload {
  readonly status: 429 | 503;
  readonly error: string;
  /** Seconds after which a retry may succeed. */
  readonly retryAfter: number;
}

/** How many addresses without a connection are remembered. */
const REMEMBERED = 16_384;
/** Seconds. The server cannot know when a connection will end; this keeps clients from retrying more often. */
const RETRY_AFTER = 10;

/** The connections that an address has, and how fast it asks for more. */
class AddressUsage implements Held {
  holders = 0;
  handshakes: TokenBucket | undefined;
  http: TokenBucket | undefined;
}

/** Limits the connections and requests of each address, and of all together, before anything else is done for a request. */
export class ConnectionLimiter {
  readonly #addresses = new BoundedRegistry(() => new AddressUsage(), REMEMBERED);
  #connections = 0;

  constructor(private readonly options: ConnectionLimiterOptions) {}

  /** How many WebSockets there may be in all. */
  get connections(): number {
    return this.options.limits.connections;
  }

  /** @param address undefined if it is not known: then only the limit on all connections applies */
  checkHandshake(address: string | undefined): Overload | undefined {
    const { rateLimits } = this.options;
    if (address !== undefined && rateLimits !== undefined) {
      const now = this.options.clock.now();
      const usage = this.#addresses.get(countedAs(address));
      usage.handshakes ??= new TokenBucket(rateLimits.handshakesPerAddress, now);
      const wait = usage.handshakes.tryConsume(1, now);
      if (wait > 0) return this.#tooOften("rates.handshakes_per_address", address, wait);
    }
    return this.checkCapacity(address);
  }

  /** A request that asks for no WebSocket. */
  checkRequest(address: string | undefined): Overload | undefined {
    const { rateLimits } = this.options;
    if (address === undefined || rateLimits === undefined) return undefined;
    const now = this.options.clock.now();
    const usage = this.#addresses.get(countedAs(address));
    usage.http ??= new TokenBucket(rateLimits.httpPerAddress, now);
    const wait = usage.http.tryConsume(1, now);
    return wait > 0 ? this.#tooOften("rates.http_per_address", address, wait) : undefined;
  }

  /** @returns why there can be no further connection */
  checkCapacity(address: string | undefined): Overload | undefined {
    const { limits, limitLog } = this.options;
    const { connections, connectionsPerAddress } = limits;
    if (this.#connections >= connections) {
      limitLog.record("limits.connections", "everyone", { action: "refused" });
      return {
        status: 503,
        error: "the server has as many connections as it takes",
        retryAfter: RETRY_AFTER,
      };
    }
    if (address === undefined) return undefined;
    if ((this.#addresses.find(countedAs(address))?.holders ?? 0) < connectionsPerAddress) return undefined;
    limitLog.record("limits.connections_per_address", address, { from: address, action: "refused" });
    return {
      status: 429,
      error: "there are too many connections from this address",
      retryAfter: RETRY_AFTER,
    };
  }

  onOpen(address: string | undefined): void {
    this.#connections++;
    if (address !== undefined) this.#addresses.hold(countedAs(address));
  }

  onClose(address: string | undefined): void {
    this.#connections--;
    if (address === undefined) return;
    this.#addresses.release(countedAs(address), ({ handshakes, http }) => {
      const now = this.options.clock.now();
      return (handshakes?.full(now) ?? true) && (http?.full(now) ?? true);
    });
  }

  #tooOften(limit: string, address: string, wait: number): Overload {
    this.options.limitLog.record(limit, address, { from: address, action: "refused" });
    const retryAfter = Math.ceil(wait / 1000);
    return { status: 429, error: "there are too many requests from this address", retryAfter };
  }
}
