import { CLOSE, ERRORS, type Refusal } from "@fanfare/protocol";
import type { ClientSocket } from "../hub/ports.ts";

/** Closes a client of a plain dialect with the reason of a refusal: the wire has no other way to say it (SPEC CLOSE-1). */
export function closeRefused(socket: ClientSocket, { name, message }: Refusal): void {
  const { code } = ERRORS[name].retry ? CLOSE.tryLater : CLOSE.refused;
  socket.close(code, fitting(message ?? ERRORS[name].message));
}

/** A reason has at most 123 bytes of UTF-8 (RFC 6455 section 5.5); a longer one is cut between characters. */
function fitting(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(123));
  return text.slice(0, read);
}
