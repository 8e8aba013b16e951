import { createHash, randomBytes } from "node:crypto";
import type { Clock, Randomness } from "../hub/ports.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  soon: (run) => {
    setImmediate(run);
  },
};

/** The machine's randomness. */
export const systemRandomness: Randomness = {
  name: () => randomBytes(12).toString("base64url"),
  digest: (text) => createHash("sha256").update(text).digest("base64url").slice(0, 12),
};
