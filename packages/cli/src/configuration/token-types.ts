import { SHORTEST_SECRET } from "@fanfare/server";
import { withoutPassword } from "./database-url.ts";
import { rejectValue } from "./raw-value.ts";
import type { ValueType } from "./value-type.ts";

const HIDDEN = "***";
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The secret that signs tokens. It is never shown, not even where it is refused. */
export const secret: ValueType<string> = {
  placeholder: "SECRET",
  parse(raw) {
    if (typeof raw.value === "string" && Buffer.byteLength(raw.value) >= SHORTEST_SECRET) return raw.value;
    return rejectValue(
      { ...raw, value: HIDDEN },
      `it takes a secret of at least ${SHORTEST_SECRET} bytes, such as openssl rand -base64 32 prints`,
    );
  },
  format: () => JSON.stringify(HIDDEN),
};

/** An attacker who can change the key set in transit can sign tokens, so only HTTPS or loopback is accepted. */
export const keySetUrl: ValueType<string> = {
  placeholder: "URL",
  parse(raw) {
    const url = typeof raw.value === "string" ? URL.parse(raw.value) : null;
    const safe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname));
    if (url !== null && safe && url.username === "" && url.password === "") return url.href;
    const shown = typeof raw.value === "string" ? { ...raw, value: withoutPassword(raw.value) } : raw;
    return rejectValue(shown, "it takes an address such as https://login.example.com/.well-known/jwks.json");
  },
  format: (value) => JSON.stringify(value),
};

/** Pages link to it, so it is an http(s) address or a path of this server, never `javascript:`. */
export const signInUrl: ValueType<string> = {
  placeholder: "URL",
  parse(raw) {
    const text = typeof raw.value === "string" ? raw.value : "";
    const isPath = text.startsWith("/") && !/^\/[/\\]/.test(text);
    if (isPath || /^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
    return rejectValue(
      raw,
      "it takes an address such as https://example.com/login, or a path such as /login",
    );
  },
  format: (value) => JSON.stringify(value),
};

export const cookieName: ValueType<string> = {
  placeholder: "NAME",
  parse: (raw) =>
    typeof raw.value === "string" && /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(raw.value)
      ? raw.value
      : rejectValue(raw, "it takes the name of a cookie, such as fanfare_token"),
  format: (value) => JSON.stringify(value),
};
