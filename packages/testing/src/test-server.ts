import type { FanfareServer, ServerOptions } from "@fanfare/server";
import { type Config, DEFAULT_CONFIG, startServer } from "@fanfare/server";
import { HaltedClock } from "./halted-clock.ts";
import { scratchDirectory } from "./scratch-directory.ts";

/** A server in this process, with the durable engine in a directory that goes with it. A halted clock runs in the end. */
export async function openServer({
  bounds,
  patience,
  clock,
  onFault,
  log,
  http,
  notFound,
  ...config
}: Omit<Partial<Config>, "log"> & ServerOptions = {}): Promise<FanfareServer & AsyncDisposable> {
  const directory = scratchDirectory();
  try {
    const server = await startServer(
      {
        ...DEFAULT_CONFIG,
        listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
        engine: { directory: directory.path },
        ...config,
      },
      {
        ...(bounds && { bounds }),
        ...(patience && { patience }),
        ...(clock && { clock }),
        ...(onFault && { onFault }),
        ...(log && { log }),
        ...(http && { http }),
        ...(notFound && { notFound }),
      },
    );
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        if (clock instanceof HaltedClock) clock.run();
        await server.stop();
        directory[Symbol.dispose]();
      },
    };
  } catch (error) {
    directory[Symbol.dispose]();
    throw error;
  }
}
