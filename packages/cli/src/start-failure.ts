import { AuthError, type Config, configuredEngine, EngineError, ListenError } from "@fanfare/server";
import { UsageError } from "./usage-error.ts";

/** Turns an error of the start into one sentence. Faults of this program pass through. */
export function explainFailure(error: unknown, config: Config): unknown {
  if (error instanceof EngineError) return new UsageError(configuredEngine(config.engine).explain(error));
  if (error instanceof AuthError) return new UsageError(error.message);
  if (error instanceof ListenError) {
    const fix = error.code === "certificate" ? "; correct --tls-cert and --tls-key" : "";
    return new UsageError(error.message + fix);
  }
  return isSystemError(error) ? new UsageError(explainSystem(error, config)) : error;
}

type SystemError = Error & { readonly code: string; readonly syscall?: string };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

function explainSystem({ code, syscall, message }: SystemError, { listen }: Config): string {
  if (code === "EMFILE" || code === "ENFILE") {
    return "there are too few file descriptors to start with; raise the limit, for example with ulimit -n 1024";
  }
  const unknown = `the server could not start, for a reason that the system calls ${code}: ${message}`;
  if (listen.kind === "unix") return unknown;
  const { host, port } = listen;
  switch (port === 0 && code === "EADDRINUSE" ? "" : code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is taken; choose another with --port, or 0 for a free one`;
    case "EACCES":
      return `port ${port} may not be used by this user; choose one above 1023 with --port`;
    default:
      // For an unknown host name Bun reports the code of an earlier failed call; port 0 is never taken.
      return syscall === "listen" || syscall === "getaddrinfo"
        ? `${JSON.stringify(host)} is no address of this machine, so nothing can listen there; correct --host`
        : unknown;
  }
}
