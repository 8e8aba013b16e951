import { rejectValue } from "./raw-value.ts";
import type { ValueType } from "./value-type.ts";

/** The address of a PostgreSQL database. It may hold a password, which is never shown. */
export const databaseUrl: ValueType<string> = {
  placeholder: "URL",
  parse(raw) {
    const { value } = raw;
    if (typeof value === "string" && /^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) return value;
    const shown = typeof value === "string" ? { ...raw, value: withoutPassword(value) } : raw;
    return rejectValue(shown, "it takes an address such as postgres://user@localhost/todos");
  },
  format: (value) => JSON.stringify(withoutPassword(value)),
};

/** Hides whatever may be a password, also in a text that is not an address. */
export function withoutPassword(url: string): string {
  const begin = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0].length ?? 0;
  const [colon, at] = [url.indexOf(":", begin), url.lastIndexOf("@")];
  const hidden = colon < 0 || at < colon ? url : `${url.slice(0, colon)}:***${url.slice(at)}`;
  return hidden.replace(/(password=)[^&#]*/gi, "$1***");
}
