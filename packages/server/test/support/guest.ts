import { DEFAULT_LIMITS } from "../../src/config/limits.ts";
import { Authorizer } from "../../src/hub/authorizer.ts";
import type { Caller } from "../../src/hub/ports.ts";

const caller: Caller = { kind: "guest" };

/** A caller without a token, where no tokens are in use: fields of an `UpgradeRequest`. */
export const GUEST = { caller, authorizer: new Authorizer([], false), limits: DEFAULT_LIMITS };
