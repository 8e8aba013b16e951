import { UsageError } from "../usage-error.ts";
import { describeSource, type Source } from "./source.ts";

/** A value as written, before it is parsed, and where it was written. */
export interface RawValue {
  /** The setting's name as the source writes it: `limits.stalled` in a file, `FANFARE_LIMITS_STALLED`, `--limits-stalled`. */
  readonly name: string;
  readonly source: Source;
  readonly value: string | number | boolean | readonly RawValue[] | RawTable;
}

export type RawTable = ReadonlyMap<string, RawValue>;

export function isTable(value: RawValue["value"]): value is RawTable {
  return value instanceof Map;
}

/** The items of a list: an array in a file, a comma-separated text elsewhere. */
export function itemsOf(raw: RawValue): readonly RawValue[] {
  if (Array.isArray(raw.value)) return (raw.value as readonly RawValue[]).flatMap(itemsOf);
  if (typeof raw.value !== "string") return [raw];
  const texts = raw.value.split(",").map((text) => text.trim());
  return texts.filter((text) => text !== "").map((value) => ({ ...raw, value }));
}

/** The error names the location, the key and the value, and says what is accepted. */
export function rejectValue({ name, source, value }: RawValue, why: string): never {
  const shown = value === "" ? "empty" : showValue(value);
  throw new UsageError(`${locationPrefix(source)}${name} is ${shown}; ${why}`);
}

/** `FILE:LINE:COLUMN: ` for a value of a file; empty otherwise, since the error names flags and variables anyway. */
export function locationPrefix(source: Source): string {
  return source.kind === "file" ? `${describeSource(source)}: ` : "";
}

function showValue(value: RawValue["value"]): string {
  if (Array.isArray(value)) return "a list";
  return isTable(value) ? "a table" : JSON.stringify(value);
}
