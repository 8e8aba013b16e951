import { describe, expect, test } from "bun:test";
import { Origins, parseOriginPattern } from "./origins.ts";

function listed(...patterns: string[]): Origins {
  return new Origins(patterns.map((text) => parseOriginPattern(text) ?? expect.unreachable(text)));
}

test("ORIGIN-1: where the server speaks TLS itself, its own pages come by TLS", () => {
  const origins = new Origins([], true);
  for (const [origin, host, admitted] of [
    ["https://chat.test", "chat.test", true],
    ["https://chat.test:8443", "chat.test:8443", true],
    ["http://chat.test", "chat.test", false],
    ["http://chat.test:8443", "chat.test:8443", false],
    ["http://chat.test", "chat.test:80", false],
    ["https://chat.test:80", "chat.test:80", true],
    ["http://localhost:3000", "chat.test", true],
  ] as const) {
    expect([origin, host, origins.admit(origin, host)]).toEqual([origin, host, admitted]);
  }
});

describe("pages of", () => {
  const origins = listed(
    "https://app.example.com",
    "https://*.example.org",
    "http://10.0.0.1:8080",
    "capacitor://app",
  );
  for (const [rule, origin, host, admitted] of [
    ["ORIGIN-1", "http://localhost:3000", "10.1.1.1:8080", true],
    ["ORIGIN-1", "https://localhost", "10.1.1.1:8080", true],
    ["ORIGIN-1", "http://127.0.0.1:5173", "10.1.1.1:8080", true],
    ["ORIGIN-1", "http://chat.test", "chat.test", true],
    ["ORIGIN-1", "http://CHAT.test", "chat.TEST:80", true],
    ["ORIGIN-1", "https://chat.test", "chat.test", true],
    ["ORIGIN-1", "https://chat.test", "chat.test:443", true],
    ["ORIGIN-1", "http://[::1]:8080", "[::1]:8080", true],
    ["ORIGIN-1", "http://chat.test:81", "chat.test", false],
    ["ORIGIN-1", "http://chat.test", "chat.test:8080", false],
    ["ORIGIN-1", "http://chat.test", null, false],
    ["ORIGIN-1", "http://localhost.evil.test", "chat.test", false],
    ["ORIGIN-1", "http://evil.test", "chat.test", false],
    ["ORIGIN-1", "http://127.0.0.2", "chat.test", false],
    ["ORIGIN-1", "file://localhost", "chat.test", false],
    ["ORIGIN-2", "https://app.example.com", "chat.test", true],
    ["ORIGIN-2", "https://APP.example.com:443", "chat.test", true],
    ["ORIGIN-2", "https://app.example.com:444", "chat.test", false],
    ["ORIGIN-2", "http://app.example.com", "chat.test", false],
    ["ORIGIN-2", "https://app.example.com.evil.test", "chat.test", false],
    ["ORIGIN-2", "https://evilapp.example.com", "chat.test", false],
    ["ORIGIN-2", "https://a.example.org", "chat.test", true],
    ["ORIGIN-2", "https://a.b.example.org", "chat.test", true],
    ["ORIGIN-2", "https://example.org", "chat.test", false],
    ["ORIGIN-2", "https://evilexample.org", "chat.test", false],
    ["ORIGIN-2", "http://10.0.0.1:8080", "chat.test", true],
    ["ORIGIN-2", "http://10.0.0.1", "chat.test", false],
    ["ORIGIN-2", "capacitor://app", "chat.test", true],
    ["ORIGIN-4", null, "chat.test", true],
    ["ORIGIN-4", "null", "chat.test", false],
    ["ORIGIN-4", "", "chat.test", false],
    ["ORIGIN-4", "*", "chat.test", false],
    ["ORIGIN-4", "https://*.example.org", "chat.test", false],
    ["ORIGIN-4", "http://*.localhost", "chat.test", false],
    ["ORIGIN-4", "http://localhost:3000, http://evil.test", "chat.test", false],
    ["ORIGIN-4", "http://localhost:3000/", "chat.test", true],
    ["ORIGIN-4", "http://chat.test/", "chat.test", true],
    ["ORIGIN-4", "https://app.example.com/", "chat.test", true],
    ["ORIGIN-4", "http://localhost:3000//", "chat.test", false],
    ["ORIGIN-4", "http://localhost:3000/page", "chat.test", false],
    ["ORIGIN-4", "file://", "chat.test", false],
    ["ORIGIN-4", "http://evil.test@localhost", "chat.test", false],
    ["ORIGIN-4", "http://localhost:99999", "chat.test", false],
    ["ORIGIN-4", "localhost", "chat.test", false],
    ["ORIGIN-4", "http://evil.test\\@localhost", "chat.test", false],
  ] as const) {
    test(`${rule}: ${origin ?? "(none)"} at ${host ?? "(no host)"} are ${admitted ? "admitted" : "refused"}`, () => {
      expect(origins.admit(origin, host)).toBe(admitted);
    });
  }
});

describe("what is no pattern of origins", () => {
  for (const text of [
    "",
    "**",
    "null/",
    "file:",
    "example.com",
    "https://",
    "https://*",
    "https://*.",
    "https://a.*.example.com",
    "https://example.com//",
    "https://example.com/path",
    "https://example.com?query",
    "https://user@example.com",
    "https://example.com:*",
    "https://example.com:99999",
    "https://exa mple.com",
    "https://[::1",
  ]) {
    test(`ORIGIN-2: ${text || "(empty)"}`, () => {
      expect(parseOriginPattern(text)).toBeUndefined();
    });
  }

  test("ORIGIN-2: a slash at the end is not a path", () => {
    expect(listed("https://app.example.com/").admit("https://app.example.com", null)).toBe(true);
  });

  test("ORIGIN-2: a name in another script is the one that browsers send", () => {
    expect(listed("https://*.bücher.example").admit("https://www.xn--bcher-kva.example", null)).toBe(true);
  });
});

describe("what is listed beside origins of pages", () => {
  for (const [pattern, origin, admitted, isTrusted] of [
    ["file://", "file://", true, true],
    ["file://", "file:///", true, true],
    ["file://", "null", false, false],
    ["file://", "https://evil.test", false, false],
    ["null", "null", true, false],
    ["null", "file://", false, false],
    ["null", "https://evil.test", false, false],
    ["*", "https://evil.test", true, false],
    ["*", "null", true, false],
    ["*", "file://", true, false],
    ["*", "not an origin", true, false],
    ["*", "http://chat.test", true, true],
    ["*", "http://localhost:3000", true, true],
    ["*", null, true, true],
  ] as const) {
    test(`ORIGIN-5: ${pattern} ${admitted ? "admits" : "does not admit"} ${origin ?? "(none)"}, ${isTrusted ? "with" : "without"} cookies`, () => {
      const origins = listed(pattern);
      expect(origins.admit(origin, "chat.test")).toBe(admitted);
      expect(origins.admitCookies(origin, "chat.test")).toBe(isTrusted);
    });
  }
});
