import type { Kind } from "./kind.ts";
import { refuse } from "./raw-value.ts";

/** The address of a PostgreSQL database. It may hold a password, which is never shown. */
export const databaseUrl: Kind<string> = {
  placeholder: "URL",
  read(raw) {
    const { value } = raw;
    if (typeof value === "string" && /^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) return value;
    const shown = typeof value === "string" ? { ...raw, value: withoutPassword(value) } : raw;
    return refuse(shown, "it takes an address such as postgres://user@localhost/todos");
  },
  print: (value) => JSON.stringify(withoutPassword(value)),
};

/** Whatever may be one is hidden, also in a text that is no address. */
export function withoutPassword(url: string): string {
  const begin = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0].length ?? 0;
  const [colon, at] = [url.indexOf(":", begin), url.lastIndexOf("@")];
  const hidden = colon < 0 || at < colon ? url : `${url.slice(0, colon)}:***${url.slice(at)}`;
  return hidden.replace(/(password=)[^&#]*/gi, "$1***");
}
