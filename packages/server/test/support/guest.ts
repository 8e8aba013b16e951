import { Authority } from "../../src/hub/authority.ts";
import { Visitor } from "../../src/hub/visitor.ts";

/** Anybody, where there are no tokens. */
export const GUEST = new Visitor(new Authority([], false), { kind: "guest" });
