import { resolve } from "node:path";
import { nearest } from "./nearest.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "./quantity.ts";
import { type RawValue, refuse } from "./raw-value.ts";
import { directoryOf } from "./source.ts";

/** How the values of some settings are written. */
export interface Kind<T> {
  /** Stands for the value in help: `N`. Empty where the flag alone says it all. */
  readonly placeholder: string;
  /** @throws {UsageError} that says what it takes. */
  read(raw: RawValue): T;
  /** As TOML would have it; undefined where there is no value. */
  print(value: T): string | undefined;
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  const bounds =
    most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a number from ${least} to ${most}`;
  return {
    placeholder: "N",
    read(raw) {
      const digits = /^\d{1,15}$/.test(String(raw.value)) && typeof raw.value !== "object";
      const number = digits ? Number(raw.value) : Number.NaN;
      return number >= least && number <= most ? number : refuse(raw, `it takes ${bounds}`);
    },
    print: String,
  };
}

export const boolean: Kind<boolean> = {
  placeholder: "",
  read(raw) {
    const text = String(raw.value);
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    return refuse(raw, "it takes true or false");
  },
  print: String,
};

export function choice<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    placeholder: values.join("|"),
    read(raw) {
      const value = values.find((each) => each === raw.value);
      if (value !== undefined) return value;
      const near = nearest(String(raw.value), values);
      const list = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
      return refuse(raw, `it takes ${list}${near === undefined ? "" : `, did you mean ${near}?`}`);
    },
    print: (value) => JSON.stringify(value),
  };
}

/** @param example of what it takes */
export function text(placeholder: string, example: string): Kind<string> {
  return {
    placeholder,
    read: (raw) =>
      typeof raw.value === "string" && raw.value.trim() !== "" && !raw.value.includes("\0")
        ? raw.value
        : refuse(raw, `it takes ${example}`),
    print: (value) => JSON.stringify(value),
  };
}

/** A path, made absolute. */
export function path(placeholder: string, example: string): Kind<string> {
  const kind = text(placeholder, example);
  return { ...kind, read: (raw) => resolve(directoryOf(raw.source), kind.read(raw)) };
}

export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return { ...kind, print: (value) => (value === undefined ? undefined : kind.print(value)) };
}

/** Milliseconds. */
export function duration(least: number, most: number): Kind<number> {
  return quantity(
    "DURATION",
    parseDuration,
    formatDuration,
    least,
    most,
    "a duration such as 500ms, 30s or 7d",
  );
}

/** Bytes. */
export function size(least: number, most: number): Kind<number> {
  return quantity("SIZE", parseSize, formatSize, least, most, "a size such as 64KiB or 1MiB");
}

function quantity(
  placeholder: string,
  parse: (text: string) => number | undefined,
  format: (amount: number) => string,
  least: number,
  most: number,
  example: string,
): Kind<number> {
  return {
    placeholder,
    read(raw) {
      const amount = typeof raw.value === "string" ? parse(raw.value) : undefined;
      if (amount === undefined) return refuse(raw, `it takes ${example}`);
      if (amount >= least && amount <= most) return amount;
      return refuse(raw, `it must be between ${format(least)} and ${format(most)}`);
    },
    print: (amount) => JSON.stringify(format(amount)),
  };
}

/** Of what has a limit or none. */
export function unlimited(kind: Kind<number>): Kind<number> {
  return {
    ...kind,
    read: (raw) => (raw.value === "unlimited" ? Number.POSITIVE_INFINITY : kind.read(raw)),
    print: (value) => (value === Number.POSITIVE_INFINITY ? '"unlimited"' : kind.print(value)),
  };
}
