import { describe, expect, test } from "bun:test";
import { clientAddress } from "./client-address.ts";
import { countedAs, Networks, parseNetwork } from "./network.ts";

const trusted = new Networks(["10.0.0.0/8", "2001:db8::/32"].flatMap((text) => parseNetwork(text) ?? []));
const PROXY = "10.0.0.1";

describe("LIMIT-6: the client's address", () => {
  for (const [what, peer, headers, address] of [
    ["of a client itself", "203.0.113.7", {}, "203.0.113.7"],
    ["of a client that lies", "203.0.113.7", { "x-forwarded-for": "192.0.2.1" }, "203.0.113.7"],
    ["of a proxy itself", PROXY, {}, PROXY],
    ["behind a proxy", PROXY, { "x-forwarded-for": "203.0.113.7" }, "203.0.113.7"],
    ["behind two", PROXY, { "x-forwarded-for": "203.0.113.7, 10.9.9.9" }, "203.0.113.7"],
    [
      "behind a proxy that the client lied to",
      PROXY,
      { "x-forwarded-for": "192.0.2.1, 203.0.113.7" },
      "203.0.113.7",
    ],
    [
      "behind a proxy that passed on a lie about a proxy",
      PROXY,
      { "x-forwarded-for": "192.0.2.1, 10.2.2.2, 203.0.113.7" },
      "203.0.113.7",
    ],
    ["with a port", PROXY, { "x-forwarded-for": "203.0.113.7:4711" }, "203.0.113.7"],
    ["with IPv6 and a port", PROXY, { "x-forwarded-for": "[2001:470::7]:4711" }, "2001:470::7"],
    ["with IPv4 within IPv6", "::ffff:10.0.0.1", { "x-forwarded-for": "::ffff:203.0.113.7" }, "203.0.113.7"],
    [
      "with IPv4 within IPv6, in hexadecimal",
      "::ffff:a00:1",
      { "x-forwarded-for": "::FFFF:CB00:7107" },
      "203.0.113.7",
    ],
    [
      "with IPv4 within IPv6, at length",
      PROXY,
      { "x-forwarded-for": "0:0:0:0:0:ffff:cb00:7107" },
      "203.0.113.7",
    ],
    ["with IPv4 within IPv6, mixed", PROXY, { forwarded: 'for="[0::ffff:203.0.113.7]:80"' }, "203.0.113.7"],
    ["with IPv6 at length", PROXY, { "x-forwarded-for": "2001:0470:0:0:0:0:0:0007" }, "2001:470::7"],
    ["nonsense", PROXY, { "x-forwarded-for": "203.0.113.7, nobody" }, PROXY],
    ["nothing", PROXY, { "x-forwarded-for": "" }, PROXY],
    [
      "Forwarded",
      PROXY,
      { forwarded: 'for=192.0.2.1, for="203.0.113.7:80";proto=https;by=10.1.1.1' },
      "203.0.113.7",
    ],
    ["Forwarded with IPv6", "2001:db8::1", { forwarded: 'Proto=https; For="[2001:470::7]"' }, "2001:470::7"],
    ["Forwarded that hides it", PROXY, { forwarded: "for=203.0.113.7, for=_hidden" }, PROXY],
    [
      "both, of one mind",
      PROXY,
      { forwarded: "for=203.0.113.7", "x-forwarded-for": "203.0.113.7" },
      "203.0.113.7",
    ],
    [
      "both, one of them made up",
      PROXY,
      { forwarded: "for=192.0.2.1", "x-forwarded-for": "203.0.113.7" },
      PROXY,
    ],
    ["behind the proxy of a unix socket", undefined, { "x-forwarded-for": "203.0.113.7" }, "203.0.113.7"],
    ["of a unix socket", undefined, {}, undefined],
  ] as const) {
    test(what, () => {
      expect(clientAddress(peer, new Headers(headers), trusted)).toBe(address);
    });
  }

  test("LIMIT-6: where no proxy is trusted, no header is believed", () => {
    const headers = new Headers({ "x-forwarded-for": "192.0.2.1", forwarded: "for=192.0.2.1" });
    expect(clientAddress(PROXY, headers, new Networks([]))).toBe(PROXY);
    expect(clientAddress(undefined, headers, new Networks([]))).toBeUndefined();
  });

  test("LIMIT-6: of a list that never ends, the near end is looked at", () => {
    const headers = new Headers({ "x-forwarded-for": "10.1.1.1, ".repeat(1_000).slice(0, -2) });
    expect(clientAddress(PROXY, headers, trusted)).toBe("10.1.1.1");
  });
});

test("LIMIT-1: a whole /64 counts as one", () => {
  for (const [address, as] of [
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["2001:0db8:0001::", "2001:db8:1:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ] as const) {
    expect(countedAs(address)).toBe(as);
  }
});

test("LIMIT-6: a network of IPv4 within IPv6 is one of IPv4", () => {
  expect(parseNetwork("::ffff:10.0.0.0/104")).toEqual({ address: "10.0.0.0", prefix: 8, family: "ipv4" });
  expect(parseNetwork("::ffff:a00:1")).toEqual({ address: "10.0.0.1", prefix: 32, family: "ipv4" });
  const networks = new Networks([parseNetwork("::ffff:10.0.0.0/104")].flatMap((each) => each ?? []));
  expect(networks.has("10.9.9.9")).toBe(true);
});

test("a network is an address and how much of it counts", () => {
  expect(parseNetwork("10.0.0.1")).toEqual({ address: "10.0.0.1", prefix: 32, family: "ipv4" });
  expect(parseNetwork("fd00::/8")).toEqual({ address: "fd00::", prefix: 8, family: "ipv6" });
  for (const none of ["", "10.0.0.0/33", "10.0.0/8", "::/129", "localhost", "10.0.0.1/", "fe80::1%eth0"]) {
    expect(parseNetwork(none)).toBeUndefined();
  }
});
