import { EngineError } from "../engine.ts";

/** An `EngineError` as plain data: a structured clone would keep its message alone. */
export interface Failure {
  readonly kind: EngineError["kind"];
  readonly message: string;
  readonly offset?: number;
  readonly through?: number;
}

export function errorOf({ kind, message, offset, through }: Failure): EngineError {
  return new EngineError(kind, message, offset, through);
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof EngineError)) return { kind: "unavailable", message: String(error) };
  const { kind, message, offset, through } = error;
  if (offset === undefined || through === undefined) return { kind, message };
  return { kind, message, offset, through };
}
