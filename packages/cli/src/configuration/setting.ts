import type { ValueType } from "./value-type.ts";

/** The groups of help and docs in their order, with their headings. */
export const GROUPS = {
  listening: "Listening",
  access: "Who may connect, and what is spoken",
  tokens: "Tokens",
  web: "Web apps",
  storage: "Keeping",
  logging: "Logging",
  limits: "Limits",
  rates: "Rates, per second",
} as const;

export type Group = keyof typeof GROUPS;

/** What can be set in a file, by an environment variable and by a flag. */
export interface Setting<T> {
  readonly group: Group;
  readonly type: ValueType<T>;
  readonly default: T;
  /** One line; help and docs show it behind the names. */
  readonly help: string;
  /** How help writes the default, where that depends on the machine or on other settings. */
  readonly defaultText?: string;
  /** The flag, where it does not follow from the key: `--mount` adds one of the `mounts`. Null: there is no flag. */
  readonly flag?: string | null;
  /** Whether the flag may be given several times, each adding a value. */
  readonly repeatable?: boolean;
  /** Combines the values of two sources; unless given, the higher one replaces the lower one. */
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
