import { UsageError } from "../usage-error.ts";
import { describeSource, type Source } from "./source.ts";

/** A value as it was written, not judged yet, and where. */
export interface RawValue {
  /** What the place calls it: `limits.stalled` in a file, `FANFARE_LIMITS_STALLED`, `--limits-stalled`. */
  readonly name: string;
  readonly source: Source;
  readonly value: string | number | boolean | readonly RawValue[] | RawTable;
}

export type RawTable = ReadonlyMap<string, RawValue>;

export function isTable(value: RawValue["value"]): value is RawTable {
  return value instanceof Map;
}

/** The items of a list: an array in a file, texts that are joined by commas elsewhere. */
export function itemsOf(raw: RawValue): readonly RawValue[] {
  if (Array.isArray(raw.value)) return (raw.value as readonly RawValue[]).flatMap(itemsOf);
  if (typeof raw.value !== "string") return [raw];
  const texts = raw.value.split(",").map((text) => text.trim());
  return texts.filter((text) => text !== "").map((value) => ({ ...raw, value }));
}

/** Names the place, the key and the value, and says what would do. */
export function refuse({ name, source, value }: RawValue, why: string): never {
  const shown = value === "" ? "empty" : showValue(value);
  throw new UsageError(`${at(source)}${name} is ${shown}; ${why}`);
}

/** A file's place, to begin a sentence with; flags and variables are named in it anyway. */
export function at(source: Source): string {
  return source.kind === "file" ? `${describeSource(source)}: ` : "";
}

function showValue(value: RawValue["value"]): string {
  if (Array.isArray(value)) return "a list";
  return isTable(value) ? "a table" : JSON.stringify(value);
}
