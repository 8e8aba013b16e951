import type { Dialect } from "../dialect.ts";
import { NativeSession } from "./session.ts";

/** `fanfare.v1.json` (SPEC.md): the protocol of the SDK. Every mount speaks it to those who ask for it. */
export const native: Dialect = {
  name: "native",
  /** Whoever it is: a token may also come with `hello`, and browsers cannot see why an upgrade is refused. */
  admit: ({ caller }) => ({
    ok: true,
    open: (hub, socket) => new NativeSession(hub, socket, caller),
  }),
};
