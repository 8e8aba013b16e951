import type { FanfareServer, ServerOptions } from "@fanfare/server";
import { type Config, DEFAULT_CONFIG, type Limits, startServer } from "@fanfare/server";
import { ManualClock } from "./manual-clock.ts";
import { scratchDirectory } from "./scratch-directory.ts";

/** Limits that are left out are the default ones. */
type Settings = Omit<Partial<Config>, "log" | "limits"> &
  Omit<ServerOptions, "engine"> & { readonly limits?: Partial<Limits> };

/** A server in this process, with the SQLite engine in a scratch directory. At the end a manual clock follows the machine's. */
export async function openServer({
  limits,
  clock,
  onFault,
  log,
  http,
  notFound,
  frontPage,
  ...config
}: Settings = {}): Promise<FanfareServer & AsyncDisposable> {
  const directory = scratchDirectory();
  try {
    const server = await startServer(
      {
        ...DEFAULT_CONFIG,
        listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
        engine: { directory: directory.path },
        ...config,
        limits: { ...DEFAULT_CONFIG.limits, ...limits },
      },
      {
        ...(clock && { clock }),
        ...(onFault && { onFault }),
        ...(log && { log }),
        ...(http && { http }),
        ...(notFound && { notFound }),
        ...(frontPage && { frontPage }),
      },
    );
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        if (clock instanceof ManualClock) clock.follow();
        await server.stop();
        directory[Symbol.dispose]();
      },
    };
  } catch (error) {
    directory[Symbol.dispose]();
    throw error;
  }
}
