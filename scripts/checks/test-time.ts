/** Before every file of `bun test`, however it was started. */
import { setDefaultTimeout } from "bun:test";

// In ms. What takes longer hangs; it is no bound for what is slow, since machines are, at times.
setDefaultTimeout(120_000);
