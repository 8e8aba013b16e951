import { closeSync, openSync, readFileSync } from "node:fs";
import { DEFAULT_LIMITS } from "../config/limits.ts";
import type { Log } from "../telemetry/log.ts";
import type { LimitLog } from "./limits/limit-log.ts";

/** Ms between two checks whether a file can be opened. */
const INTERVAL = 1_000;

/** How many files this process may have open, sockets included; undefined where the system does not say. */
export function openFileLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/**
 * How many WebSockets there may be: as many as configured, if the process may open so many files and more. A tenth of
 * them, and at least 256 or half of them, are for everything else: data, pages, and sockets whose request has not come
 * yet, which no other limit bounds (SPEC LIMIT-2).
 */
export function boundConnections(configured: number, files = openFileLimit()): number {
  if (files === undefined) return configured;
  return Math.min(configured, Math.floor(files - Math.max(files / 10, Math.min(256, files / 2))));
}

/** Logs that there may be fewer WebSockets than configured. A default that does not fit is no mistake of the operator. */
export function logLoweredConnections(log: Log, configured: number, effective: number): void {
  const reason = `the process may have ${openFileLimit()} files open (ulimit -n)`;
  const fields = { limit: "limits.connections", configured, effective, reason };
  if (configured === DEFAULT_LIMITS.connections) log.info("limit.lowered", fields);
  else log.warn("limit.lowered", fields);
}

/**
 * Logs that no further file can be opened. The system then accepts no connection, keeps the event loop busy with trying,
 * and reports no error to the server.
 */
export class OpenFileWatch {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(private readonly limitLog: LimitLog) {
    this.#timer = setInterval(() => this.#check(), INTERVAL);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    try {
      closeSync(openSync("/dev/null", "r"));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "EMFILE" && code !== "ENFILE") return;
      this.limitLog.record("open files", "everyone", { action: "refused", error: code });
    }
  }
}
