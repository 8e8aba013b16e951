import { expect, test } from "bun:test";
import { DEFAULT_RATE_LIMITS } from "@fanfare/server";
import { configOf } from "../src/configuration/configuration.ts";
import { parseFlags } from "../src/configuration/flags.ts";
import { resolveSettings } from "../src/configuration/resolved-settings.ts";

const config = (...args: string[]) => configOf(resolveSettings(parseFlags(args, "serve"), {}));
const ABROAD = ["--host", "0.0.0.0", "--insecure"];

test("LIMIT-1 LIMIT-3: on this machine rates are off, and one address may have all connections", () => {
  for (const args of [[], ["--host", "127.0.0.1"], ["--host", "::1"], ["--socket", "/tmp/s"]]) {
    const { rateLimits, limits } = config(...args);
    expect(rateLimits).toBeUndefined();
    expect(limits).toMatchObject({ connections: 50_000, connectionsPerAddress: 50_000 });
  }
  expect(config("--limits-connections", "7").limits.connectionsPerAddress).toBe(7);
});

test("LIMIT-1 LIMIT-3: where others can connect rates are on, and one address may have a thousand", () => {
  const { rateLimits, limits } = config(...ABROAD);
  expect(rateLimits).toEqual(DEFAULT_RATE_LIMITS);
  expect(limits).toMatchObject({ connections: 50_000, connectionsPerAddress: 1_000 });
});

test("LIMIT-3: rates can be had or not had anywhere, and each has its setting", () => {
  expect(config(...ABROAD, "--rates-apply", "off").rateLimits).toBeUndefined();
  expect(config("--rates-apply", "on").rateLimits).toEqual(DEFAULT_RATE_LIMITS);
  const flags = [
    "--rates-handshakes-per-address=1",
    "--rates-http-per-address=2",
    "--rates-requests-per-connection=3",
    "--rates-requests-per-user=4",
    "--rates-bytes-per-connection=5KiB",
    "--rates-bytes-per-user=6KiB",
    "--rates-control-frames=7",
    "--rates-rooms-per-connection=8",
  ];
  expect(config("--rates-apply=on", ...flags).rateLimits).toEqual({
    handshakesPerAddress: 1,
    httpPerAddress: 2,
    requestsPerConnection: 3,
    requestsPerUser: 4,
    bytesPerConnection: 5 * 1024,
    bytesPerUser: 6 * 1024,
    controlFrames: 7,
    roomsPerConnection: 8,
  });
});

test("LIMIT-6: proxies are networks, and what is none is refused", () => {
  const flags = ["--trusted-proxy=10.0.0.0/8", "--trusted-proxy", "2001:db8::1"];
  expect(config(...flags).trustedProxies).toEqual(["10.0.0.0/8", "2001:db8::1"]);
  expect(() => config("--trusted-proxy=proxy.example.com")).toThrow(
    '--trusted-proxy is "proxy.example.com"; it takes an address or a network, such as 10.0.0.1 or 10.0.0.0/8',
  );
});
