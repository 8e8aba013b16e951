import { EngineError } from "../engine.ts";

/** An `EngineError` as plain data: a structured clone would keep its message alone. */
export interface Failure {
  readonly kind: EngineError["kind"];
  readonly message: string;
  readonly offset?: number;
}

export function errorOf({ kind, message, offset }: Failure): EngineError {
  return new EngineError(kind, message, offset);
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof EngineError)) return { kind: "unavailable", message: String(error) };
  const { kind, message, offset } = error;
  return offset === undefined ? { kind, message } : { kind, message, offset };
}
