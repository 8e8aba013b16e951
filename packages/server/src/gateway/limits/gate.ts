import type { RateLimits } from "../../config/limits.ts";
import type { Clock } from "../../hub/ports.ts";
import { Book, type Entry } from "./book.ts";
import { countedAs } from "./network.ts";
import type { Offences } from "./offences.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface GateOptions {
  /** WebSockets: in all, and of one address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly rateLimits?: RateLimits;
  readonly clock: Pick<Clock, "now">;
  readonly offences: Offences;
}

/** Why a request is not let in: 429 where its address asks for too much, 503 where all together do. */
export interface Overload {
  readonly status: 429 | 503;
  readonly error: string;
  /** Seconds after which it is worth asking again. */
  readonly retryAfter: number;
}

/** So many addresses without a connection are remembered. */
const REMEMBERED = 16_384;
/** When a connection ends nobody knows; until then it is of no use to ask more often. */
const LATER = 10;

/** How much an address asks for, and has. */
class Place implements Entry {
  held = 0;
  handshakes: TokenBucket | undefined;
  http: TokenBucket | undefined;
}

/** Counts who comes in, before anything is done for them. */
export class Gate {
  readonly #places = new Book(() => new Place(), REMEMBERED);
  #connections = 0;

  constructor(private readonly options: GateOptions) {}

  /** @param address undefined where nobody knows: then the bound on all connections alone holds */
  handshake(address: string | undefined): Overload | undefined {
    const { rateLimits } = this.options;
    if (address !== undefined && rateLimits !== undefined) {
      const now = this.options.clock.now();
      const place = this.#places.get(countedAs(address));
      place.handshakes ??= new TokenBucket(rateLimits.handshakesPerAddress, now);
      const wait = place.handshakes.ask(1, now);
      if (wait > 0) return this.#tooOften("rates.handshakes_per_address", address, wait);
    }
    return this.full(address);
  }

  /** A request that asks for no WebSocket. */
  http(address: string | undefined): Overload | undefined {
    const { rateLimits } = this.options;
    if (address === undefined || rateLimits === undefined) return undefined;
    const now = this.options.clock.now();
    const place = this.#places.get(countedAs(address));
    place.http ??= new TokenBucket(rateLimits.httpPerAddress, now);
    const wait = place.http.ask(1, now);
    return wait > 0 ? this.#tooOften("rates.http_per_address", address, wait) : undefined;
  }

  /** Whether there is no place for one more. */
  full(address: string | undefined): Overload | undefined {
    const { connections, connectionsPerAddress, offences } = this.options;
    if (this.#connections >= connections) {
      offences.note("limits.connections", "everyone", { action: "refused" });
      return { status: 503, error: "the server has as many connections as it takes", retryAfter: LATER };
    }
    if (address === undefined) return undefined;
    if ((this.#places.find(countedAs(address))?.held ?? 0) < connectionsPerAddress) return undefined;
    offences.note("limits.connections_per_address", address, { from: address, action: "refused" });
    return { status: 429, error: "there are too many connections from this address", retryAfter: LATER };
  }

  entered(address: string | undefined): void {
    this.#connections++;
    if (address !== undefined) this.#places.hold(countedAs(address));
  }

  left(address: string | undefined): void {
    this.#connections--;
    if (address === undefined) return;
    this.#places.release(countedAs(address), ({ handshakes, http }) => {
      const now = this.options.clock.now();
      return (handshakes?.full(now) ?? true) && (http?.full(now) ?? true);
    });
  }

  #tooOften(limit: string, address: string, wait: number): Overload {
    this.options.offences.note(limit, address, { from: address, action: "refused" });
    const retryAfter = Math.ceil(wait / 1000);
    return { status: 429, error: "there are too many requests from this address", retryAfter };
  }
}
