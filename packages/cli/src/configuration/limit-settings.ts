import type { Limit } from "@fanfare/server";
import type { Group, Setting } from "./setting.ts";
import { duration, size, type ValueType, wholeNumber } from "./value-type.ts";

/** The settings that a table of limits declares, by key. */
type LimitSettings<Table extends Readonly<Record<string, Limit>>> = {
  readonly [L in Table[keyof Table] as L["key"]]: Setting<number>;
};

export function limitSettings<Table extends Readonly<Record<string, Limit>>>(
  group: Group,
  table: Table,
): LimitSettings<Table> {
  const settings = Object.values(table).map((limit): [string, Setting<number>] => [
    limit.key,
    {
      group,
      type: valueTypeOf(limit),
      default: limit.default,
      help: limit.help,
      ...(limit.defaultText !== undefined && { defaultText: limit.defaultText }),
    },
  ]);
  return Object.fromEntries(settings) as LimitSettings<Table>;
}

export function valueTypeOf({ unit, least, most }: Limit): ValueType<number> {
  switch (unit) {
    case "bytes":
      return size(least, most);
    case "ms":
      return duration(least, most);
    case "count":
      return wholeNumber(least, most);
  }
}
