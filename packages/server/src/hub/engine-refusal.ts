import { type Refusal, refuse } from "@fanfare/protocol";
import { EngineError } from "../engines/engine.ts";

/** What a client is answered where the engine cannot read a log. @throws what is no error of the engine */
export function engineRefusal(error: unknown): Refusal {
  if (!(error instanceof EngineError)) throw error;
  return refuse(error.kind === "damaged" ? "damaged" : "unavailable", error.message);
}
