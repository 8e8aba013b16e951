import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "./usage.ts";

export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly engine: { readonly kind: "memory" } | { readonly kind: "sqlite"; readonly directory: string };
  readonly help: boolean;
}

/** @throws {UsageError} naming the flag, the value and what would do. */
export function parseServeFlags(args: string[]): ServeFlags {
  const { port, host, engine, data, help } = parseOptions(args);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`--port is ${JSON.stringify(port)}; it takes a number from 0 to 65535`);
  }
  if (host === "")
    throw new UsageError("--host is empty; it takes an address such as localhost or 127.0.0.1");
  if (data === "") throw new UsageError("--data is empty; it takes a directory such as ./data");
  if (engine !== "sqlite" && engine !== "memory") {
    throw new UsageError(`--engine is ${JSON.stringify(engine)}; it takes sqlite or memory`);
  }
  return {
    host,
    port: Number(port),
    engine: engine === "memory" ? { kind: "memory" } : { kind: "sqlite", directory: resolve(data) },
    help,
  };
}

function parseOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: "string", default: "8080" },
        host: { type: "string", default: "localhost" },
        engine: { type: "string", default: "sqlite" },
        data: { type: "string", default: "data" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message.split(". ")[0]}; fanfare --help lists the flags`);
  }
}
