import type { Limit } from "@fanfare/server";
import { duration, type Kind, size, wholeNumber } from "./kind.ts";
import type { Setting } from "./setting.ts";

/** The settings that a table of limits declares, by their keys. */
type LimitSettings<Table extends Readonly<Record<string, Limit>>> = {
  readonly [L in Table[keyof Table] as L["key"]]: Setting<number>;
};

export function limitSettings<Table extends Readonly<Record<string, Limit>>>(
  table: Table,
): LimitSettings<Table> {
  const settings = Object.values(table).map((limit): [string, Setting<number>] => [
    limit.key,
    { kind: kindOf(limit), fallback: limit.default, help: limit.help },
  ]);
  return Object.fromEntries(settings) as LimitSettings<Table>;
}

export function kindOf({ unit, least, most }: Limit): Kind<number> {
  switch (unit) {
    case "bytes":
      return size(least, most);
    case "ms":
      return duration(least, most);
    case "count":
      return wholeNumber(least, most);
  }
}
