import type { RawValue } from "./raw-value.ts";
import type { Key } from "./settings.ts";

/** The settings of one source: the file, the environment or the command line. */
export type Layer = ReadonlyMap<Key, RawValue>;
