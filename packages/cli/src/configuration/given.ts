import type { RawValue } from "./raw-value.ts";
import type { Key } from "./settings.ts";

/** What one place (a file, the environment, the command line) says. */
export type Given = ReadonlyMap<Key, RawValue>;
