import { CLOSE, ERRORS, type Refusal } from "@fanfare/protocol";
import type { Link } from "../hub/ports.ts";

/** A plain dialect has no way to say "no" or "retry": it closes with the reason (SPEC CLOSE-1). */
export function turnAway(link: Link, { name, message }: Refusal): void {
  const { code } = ERRORS[name].retry ? CLOSE.tryLater : CLOSE.refused;
  link.close(code, message ?? ERRORS[name].message);
}
