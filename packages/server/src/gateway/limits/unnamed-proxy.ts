import type { Log } from "../../telemetry/log.ts";
import { type Networks, plainAddress } from "./network.ts";

/** Says, once, that a proxy stands before the server that nobody has named: all of its clients count as one. */
export class UnnamedProxy {
  #isTold = false;

  constructor(
    private readonly log: Log,
    private readonly trusted: Networks,
  ) {}

  /** @param peer who holds the other end of the connection; undefined on a unix socket, which has no address to share */
  look(peer: string | undefined, headers: Headers): void {
    if (this.#isTold || peer === undefined) return;
    if (!headers.has("x-forwarded-for") && !headers.has("forwarded")) return;
    const from = plainAddress(peer) ?? peer;
    if (this.trusted.has(from)) return;
    this.#isTold = true;
    this.log.warn("proxy.unnamed", {
      from,
      setting: "trusted_proxies",
      help: "what it says of its clients is not believed, so they share the limits of its address; if it is a proxy of yours, list it",
    });
  }
}
