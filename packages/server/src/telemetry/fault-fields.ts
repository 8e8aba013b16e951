import type { Fields } from "./log.ts";

/** An error's fields in a line of its own. */
export function faultFields(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: `${error.name}: ${error.message}`, ...(error.stack && { stack: error.stack }) };
}
