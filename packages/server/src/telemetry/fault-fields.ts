import type { Fields } from "./log.ts";

/** The fields of the log line of an error. */
export function faultFields(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: `${error.name}: ${error.message}`, ...(error.stack && { stack: error.stack }) };
}
