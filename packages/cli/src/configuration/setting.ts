import type { Kind } from "./kind.ts";

/** Something that can be set, in three ways: in a file, by a variable, by a flag. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly fallback: T;
  /** One line, to stand in help behind the names. */
  readonly help: string;
  /** How help writes `fallback`, where it depends on the place. */
  readonly shown?: string;
  /** Where the usual name would not do: `--mount` adds one of the `mounts`. Null: there is none. */
  readonly flag?: string | null;
  /** Whether the flag may be given several times, each of which counts. */
  readonly repeatable?: boolean;
  /** What a higher source makes of a lower one's value; unless given, it replaces it. */
  readonly merge?: (lower: T, higher: T) => T;
}

/** `log.level` is FANFARE_LOG_LEVEL. */
export function variableOf(key: string): string {
  return `FANFARE_${key.replaceAll(".", "_").toUpperCase()}`;
}

/** `log.level` is --log-level. @returns undefined where there is no flag. */
export function flagOf(key: string, { flag }: Pick<Setting<never>, "flag">): string | undefined {
  if (flag === null) return undefined;
  return flag ?? `--${key.replaceAll(/[._]/g, "-")}`;
}
