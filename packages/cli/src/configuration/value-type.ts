import { resolve } from "node:path";
import { nearest } from "./nearest.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "./quantity.ts";
import { type RawValue, rejectValue } from "./raw-value.ts";
import { directoryOf } from "./source.ts";

/** How the values of a setting are parsed and formatted. */
export interface ValueType<T> {
  /** Stands for the value in help: `N`. Empty where the flag takes no value. */
  readonly placeholder: string;
  /** @throws {UsageError} that says what is accepted */
  parse(raw: RawValue): T;
  /** The value as TOML; undefined where there is none. */
  format(value: T): string | undefined;
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): ValueType<number> {
  const range =
    most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a number from ${least} to ${most}`;
  return {
    placeholder: "N",
    parse(raw) {
      const digits = /^\d{1,15}$/.test(String(raw.value)) && typeof raw.value !== "object";
      const number = digits ? Number(raw.value) : Number.NaN;
      return number >= least && number <= most ? number : rejectValue(raw, `it takes ${range}`);
    },
    format: String,
  };
}

export const boolean: ValueType<boolean> = {
  placeholder: "",
  parse(raw) {
    const text = String(raw.value);
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    return rejectValue(raw, "it takes true or false");
  },
  format: String,
};

export function choice<const T extends string>(...values: readonly T[]): ValueType<T> {
  return {
    placeholder: values.join("|"),
    parse(raw) {
      const value = values.find((each) => each === raw.value);
      if (value !== undefined) return value;
      const near = nearest(String(raw.value), values);
      const list = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
      return rejectValue(raw, `it takes ${list}${near === undefined ? "" : `, did you mean ${near}?`}`);
    },
    format: (value) => JSON.stringify(value),
  };
}

/** @param example of an accepted value, for errors */
export function text(placeholder: string, example: string): ValueType<string> {
  return {
    placeholder,
    parse: (raw) =>
      typeof raw.value === "string" && raw.value.trim() !== "" && !raw.value.includes("\0")
        ? raw.value
        : rejectValue(raw, `it takes ${example}`),
    format: (value) => JSON.stringify(value),
  };
}

/** A path, made absolute. */
export function path(placeholder: string, example: string): ValueType<string> {
  const type = text(placeholder, example);
  return { ...type, parse: (raw) => resolve(directoryOf(raw.source), type.parse(raw)) };
}

export function optional<T>(type: ValueType<T>): ValueType<T | undefined> {
  return { ...type, format: (value) => (value === undefined ? undefined : type.format(value)) };
}

/** Milliseconds. */
export function duration(least: number, most: number): ValueType<number> {
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
export function size(least: number, most: number): ValueType<number> {
  return quantity("SIZE", parseSize, formatSize, least, most, "a size such as 64KiB or 1MiB");
}

function quantity(
  placeholder: string,
  parseAmount: (text: string) => number | undefined,
  formatAmount: (amount: number) => string,
  least: number,
  most: number,
  example: string,
): ValueType<number> {
  return {
    placeholder,
    parse(raw) {
      const amount = typeof raw.value === "string" ? parseAmount(raw.value) : undefined;
      if (amount === undefined) return rejectValue(raw, `it takes ${example}`);
      if (amount >= least && amount <= most) return amount;
      return rejectValue(raw, `it must be between ${formatAmount(least)} and ${formatAmount(most)}`);
    },
    format: (amount) => JSON.stringify(formatAmount(amount)),
  };
}

/** A number, or `"unlimited"`. */
export function unlimited(type: ValueType<number>): ValueType<number> {
  return {
    ...type,
    parse: (raw) => (raw.value === "unlimited" ? Number.POSITIVE_INFINITY : type.parse(raw)),
    format: (value) => (value === Number.POSITIVE_INFINITY ? '"unlimited"' : type.format(value)),
  };
}
