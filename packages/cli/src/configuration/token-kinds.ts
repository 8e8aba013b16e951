import { SHORTEST_SECRET } from "@fanfare/server";
import { withoutPassword } from "./database-url.ts";
import type { Kind } from "./kind.ts";
import { refuse } from "./raw-value.ts";

const HIDDEN = "***";
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What tokens are signed with. Never shown, whatever it is. */
export const secret: Kind<string> = {
  placeholder: "SECRET",
  read(raw) {
    if (typeof raw.value === "string" && Buffer.byteLength(raw.value) >= SHORTEST_SECRET) return raw.value;
    return refuse(
      { ...raw, value: HIDDEN },
      `it takes a secret of at least ${SHORTEST_SECRET} bytes, such as openssl rand -base64 32 prints`,
    );
  },
  print: () => JSON.stringify(HIDDEN),
};

/** Whoever can change what is read from there can let anybody in. */
export const keySetUrl: Kind<string> = {
  placeholder: "URL",
  read(raw) {
    const url = typeof raw.value === "string" ? URL.parse(raw.value) : null;
    const safe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname));
    if (url !== null && safe && url.username === "" && url.password === "") return url.href;
    const shown = typeof raw.value === "string" ? { ...raw, value: withoutPassword(raw.value) } : raw;
    return refuse(shown, "it takes an address such as https://login.example.com/.well-known/jwks.json");
  },
  print: (value) => JSON.stringify(value),
};

/** Pages lead there, so it is an address of the web or a path of ours, and nothing that runs. */
export const signInUrl: Kind<string> = {
  placeholder: "URL",
  read(raw) {
    const text = typeof raw.value === "string" ? raw.value : "";
    const isPath = text.startsWith("/") && !/^\/[/\\]/.test(text);
    if (isPath || /^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
    return refuse(raw, "it takes an address such as https://example.com/login, or a path such as /login");
  },
  print: (value) => JSON.stringify(value),
};

export const cookieName: Kind<string> = {
  placeholder: "NAME",
  read: (raw) =>
    typeof raw.value === "string" && /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(raw.value)
      ? raw.value
      : refuse(raw, "it takes the name of a cookie, such as fanfare_token"),
  print: (value) => JSON.stringify(value),
};
