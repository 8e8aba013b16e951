import { Fanfare, type FanfareOptions } from "@fanfare/client";
import { FaultProxy } from "@fanfare/testing/fault-proxy";
import { openServer } from "@fanfare/testing/test-server";

/** How fast a client of a test notices and comes back. */
export const QUICK = { backoff: { min: 1, max: 20 }, heartbeat: 1_000 } as const;

export interface Guest {
  readonly client: Fanfare;
  readonly network: FaultProxy;
}

export interface Scene extends AsyncDisposable {
  readonly url: URL;
  /** A client with a network of its own. */
  guest(user: string, options?: FanfareOptions): Promise<Guest>;
}

/** A real server, and clients that go when it goes. */
export async function openScene(config: Parameters<typeof openServer>[0] = {}): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await openServer(config));
  return {
    url: server.url,
    async guest(user, options = {}) {
      const network = stack.use(await FaultProxy.open(server.url));
      const client = stack.use(new Fanfare(network.url, { user, ...QUICK, ...options }));
      return { client, network };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
