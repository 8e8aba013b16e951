import { Store } from "../state/store.ts";

/** Ms after which the page gives up a request. */
const TIMEOUT = 10_000;

/** Asks the server whether it refuses this page because of its origin, which a browser does not tell (SPEC HTTP-25). */
export class OriginCheck {
  /** Why connections of this page are refused, in a sentence; undefined while they are not. */
  readonly refusal = new Store<string | undefined>(undefined);

  /** Called when a connection failed. Without an answer the last one holds. */
  async run(): Promise<void> {
    try {
      const response = await fetch(`/api/origin?origin=${encodeURIComponent(location.origin)}`, {
        signal: AbortSignal.timeout(TIMEOUT),
        cache: "no-store",
      });
      if (!response.ok) return;
      const { admitted, reason } = (await response.json()) as Readonly<Record<string, unknown>>;
      this.refusal.set(admitted === false && typeof reason === "string" ? reason : undefined);
    } catch {
      // The server is away.
    }
  }
}
