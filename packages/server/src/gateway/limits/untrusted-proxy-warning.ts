import type { Log } from "../../telemetry/log.ts";
import { type Networks, plainAddress } from "./network.ts";

/** Logs, once, that a proxy forwards requests although it is not listed as trusted: all of its clients count as one. */
export class UntrustedProxyWarning {
  #isLogged = false;

  constructor(
    private readonly log: Log,
    private readonly trusted: Networks,
  ) {}

  /** @param peer the other end of the connection; undefined on a unix socket, which has no address to share */
  check(peer: string | undefined, headers: Headers): void {
    if (this.#isLogged || peer === undefined) return;
    if (!headers.has("x-forwarded-for") && !headers.has("forwarded")) return;
    const from = plainAddress(peer) ?? peer;
    if (this.trusted.has(from)) return;
    this.#isLogged = true;
    this.log.warn("proxy.unnamed", {
      from,
      setting: "trusted_proxies",
      help: "what it says of its clients is not believed, so they share the limits of its address; if it is a proxy of yours, list it",
    });
  }
}
