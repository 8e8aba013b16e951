import { type FanfareServer, type ServerOptions, startServer } from "../../src/server.ts";
import { scratchDirectory } from "./scratch-directory.ts";

/** A server in this process, with the durable engine in a directory that goes with it. */
export async function openServer(
  options: Partial<ServerOptions> = {},
): Promise<FanfareServer & AsyncDisposable> {
  const directory = scratchDirectory();
  try {
    const server = await startServer({
      host: "127.0.0.1",
      port: 0,
      engine: { kind: "sqlite", directory: directory.path },
      ...options,
    });
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server.stop();
        directory[Symbol.dispose]();
      },
    };
  } catch (error) {
    directory[Symbol.dispose]();
    throw error;
  }
}
