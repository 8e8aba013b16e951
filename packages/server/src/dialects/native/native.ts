import type { Admission, Dialect } from "../dialect.ts";
import { NativeSession } from "./session.ts";

const ADMITTED: Admission = { ok: true, open: (hub, link) => new NativeSession(hub, link) };

/** `fanfare.v1.json` (SPEC.md): the protocol of the SDK. Every mount speaks it to those who ask for it. */
export const native: Dialect = {
  name: "native",
  admit: () => ADMITTED,
};
