import type { Dialect } from "../dialect.ts";
import { NativeSession } from "./session.ts";

/** `fanfare.v1.json` (SPEC.md): the protocol of the SDK. Every mount speaks it with clients that request this subprotocol. */
export const native: Dialect = {
  name: "native",
  /** Admits every client: its token may come with `hello`, and browsers do not see why an upgrade is refused. */
  admit: ({ caller }) => ({
    ok: true,
    open: (hub, socket) => new NativeSession(hub, socket, caller),
  }),
};
