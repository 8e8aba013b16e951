import { DEFAULT_POLICIES, type Policy } from "./config/policy.ts";
import { chat } from "./dialects/chat/chat.ts";
import { native } from "./dialects/native/native.ts";
import { DEFAULT_ENGINE_OPTIONS, type Engine } from "./engines/engine.ts";
import { MemoryEngine } from "./engines/memory/index.ts";
import { SqliteEngine } from "./engines/sqlite/index.ts";
import { systemClock, systemRandomness } from "./gateway/environment.ts";
import { Gateway } from "./gateway/gateway.ts";
import type { Patience } from "./gateway/heartbeat.ts";
import type { Mount } from "./gateway/mounts.ts";
import { type Bounds, DEFAULT_BOUNDS } from "./hub/bounds.ts";
import { Hub } from "./hub/hub.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly engine: { readonly kind: "memory" } | { readonly kind: "sqlite"; readonly directory: string };
  readonly policies?: readonly Policy[];
  readonly bounds?: Partial<Bounds>;
  readonly patience?: Patience;
  readonly onFault?: (error: unknown) => void;
}

/** Plain clients under `/ws` speak what is mounted there; `fanfare.v1.json` is spoken everywhere. */
export const DEFAULT_MOUNTS: readonly Mount[] = [
  { path: "/ws", dialect: native, prefix: "" },
  { path: "/ws/:room", dialect: chat, prefix: "chat:" },
];

export interface FanfareServer {
  /** Where it listens. */
  readonly url: URL;
  readonly hub: Hub;
  /** Ends every connection, settles what was being published, and lets go of everything. */
  stop(): Promise<void>;
}

/** Wires config → engine → hub → dialects → gateway. */
export async function startServer(options: ServerOptions): Promise<FanfareServer> {
  const { policies = DEFAULT_POLICIES } = options;
  const engine = await openEngine(options.engine, policies);
  try {
    const gateway = new Gateway({
      host: options.host,
      port: options.port,
      mounts: DEFAULT_MOUNTS,
      onFault: options.onFault ?? console.error,
      ...(options.patience && { patience: options.patience }),
    });
    const hub = new Hub({
      engine,
      clock: systemClock,
      randomness: systemRandomness,
      onFault: options.onFault ?? console.error,
      broadcast: gateway,
      policies,
      bounds: { ...DEFAULT_BOUNDS, ...options.bounds },
    });
    gateway.serve(hub);
    return {
      url: gateway.url,
      hub,
      async stop() {
        await gateway.stop();
        await hub.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openEngine(engine: ServerOptions["engine"], policies: readonly Policy[]): Promise<Engine> {
  const options = { ...DEFAULT_ENGINE_OPTIONS, policies };
  return engine.kind === "memory"
    ? new MemoryEngine(options)
    : SqliteEngine.open({ ...options, directory: engine.directory });
}
