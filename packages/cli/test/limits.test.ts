import { describe, expect, test } from "bun:test";
import { DEFAULT_RATE_LIMITS, RATE_LIMITS, SERVER_LIMITS } from "@fanfare/server";
import { TODO_LIMITS } from "@fanfare/todo";
import { configOf } from "../src/configuration/configuration.ts";
import { parseFlags } from "../src/configuration/flags.ts";
import { checkLimits } from "../src/configuration/limit-conflicts.ts";
import { resolveSettings } from "../src/configuration/resolved-settings.ts";
import { SETTINGS } from "../src/configuration/settings.ts";
import { DEFAULT } from "../src/configuration/source.ts";
import { UsageError } from "../src/usage-error.ts";

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
    "--rates-scanned-per-connection=9",
    "--rates-scanned-per-user=10",
    "--rates-guest-requests-per-address=11",
    "--rates-guest-bytes-per-address=12KiB",
    "--rates-guest-scanned-per-address=13",
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
    scannedPerConnection: 9,
    scannedPerUser: 10,
    guestRequestsPerAddress: 11,
    guestBytesPerAddress: 12 * 1024,
    guestScannedPerAddress: 13,
  });
});

test("LIMIT-6: proxies are networks, and what is none is refused", () => {
  const flags = ["--trusted-proxy=10.0.0.0/8", "--trusted-proxy", "2001:db8::1"];
  expect(config(...flags).trustedProxies).toEqual(["10.0.0.0/8", "2001:db8::1"]);
  expect(() => config("--trusted-proxy=proxy.example.com")).toThrow(
    '--trusted-proxy is "proxy.example.com"; it takes an address or a network, such as 10.0.0.1 or 10.0.0.0/8',
  );
});

describe("LIMIT-10: limits that leave no room for each other are refused with both names, both values and the fix", () => {
  for (const [args, sentence] of [
    [
      "--limits-frame-in=16MiB",
      "--limits-frame-in is 16MiB and limits.waiting_per_client is 1MiB: it must hold two such frames; set limits.waiting_per_client to at least 32MiB, or lower --limits-frame-in",
    ],
    [
      "--limits-frame-out=16MiB --limits-waiting-per-client=20MiB",
      "--limits-frame-out is 16MiB and --limits-waiting-per-client is 20MiB: it must hold two such frames; set --limits-waiting-per-client to at least 32MiB, or lower --limits-frame-out",
    ],
    [
      "--limits-frame-in=16MiB --limits-waiting-per-client=32MiB",
      "--limits-frame-in is 16MiB and limits.uncommitted_per_connection is 1MiB: it must hold two such frames; set limits.uncommitted_per_connection to at least 32MiB, or lower --limits-frame-in",
    ],
    [
      "--limits-uncommitted-per-connection=64KiB",
      "limits.frame_in is 64KiB and --limits-uncommitted-per-connection is 64KiB: it must hold two such frames; set --limits-uncommitted-per-connection to at least 128KiB, or lower limits.frame_in",
    ],
    [
      "--limits-frame-in=1MiB --limits-waiting-per-client=2MiB --limits-uncommitted-per-connection=2MiB --limits-uncommitted-per-node=1MiB",
      "--limits-frame-in is 1MiB and --limits-uncommitted-per-node is 1MiB: it must hold two such frames; set --limits-uncommitted-per-node to at least 2MiB, or lower --limits-frame-in",
    ],
    [
      "--rates-apply=on --rates-bytes-per-connection=1KiB",
      "limits.frame_in is 64KiB and --rates-bytes-per-connection is 1KiB: two such frames would close a connection; set --rates-bytes-per-connection to at least 1873B, or lower limits.frame_in",
    ],
    [
      "--limits-waiting-per-node=600KiB",
      "limits.frame_out is 256KiB and --limits-waiting-per-node is 600KiB: its buffers must hold two such frames; set --limits-waiting-per-node to at least 1MiB, or lower limits.frame_out",
    ],
    [
      "--limits-replay-ahead=1MiB",
      "--limits-replay-ahead is 1MiB and limits.waiting_per_client is 1MiB: it must be twice as large; set limits.waiting_per_client to at least 2MiB, or lower --limits-replay-ahead",
    ],
    [
      "--limits-ping=60s",
      "--limits-ping is 1m and limits.dead is 1m: a pinged client needs time to answer; set limits.dead to at least 61s, or lower --limits-ping",
    ],
    [
      "--limits-history-page=2000",
      "--limits-history-page is 2000 and limits.history_per_page is 1000: a page cannot have more than that; set limits.history_per_page to at least 2000, or lower --limits-history-page",
    ],
  ] as const) {
    test(args, () => expect(() => config(...args.split(" "))).toThrow(new UsageError(sentence)));
  }

  test("the memory of a small machine", () => {
    const flags = ["--limits-frame-out=16MiB", "--limits-waiting-per-client=32MiB"];
    const settings = resolveSettings(parseFlags(flags, "serve"), {});
    const small = () => checkLimits(settings, configOf(settings), 32 * 1024 * 1024);
    expect(small).toThrow(
      new UsageError(
        "--limits-frame-out is 16MiB, and a quarter of the memory that the server may use is 32MiB: the buffers of all clients must hold two such frames; give it more memory, set limits.waiting_per_node, or lower --limits-frame-out",
      ),
    );
    checkLimits(settings, configOf(settings), 64 * 1024 * 1024);
  });

  test("the data of a policy", () => {
    const env = { FANFARE_POLICIES: '[{ pattern = "big:*", max_data = "1MiB" }]' };
    expect(() => configOf(resolveSettings(parseFlags([], "serve"), env))).toThrow(
      new UsageError(
        "max_data of the policy big:* is 1MiB, but with limits.frame_in = 64KiB and limits.waiting_per_client = 1MiB a message has at most 393280B; lower max_data, or raise both limits",
      ),
    );
  });

  test("rates that are off bound no frame, and what goes together starts", () => {
    config("--rates-bytes-per-connection=1KiB");
    const flags = [
      "--limits-frame-in=16MiB",
      "--limits-frame-out=16MiB",
      "--limits-waiting-per-client=32MiB",
    ];
    const { limits } = config(...flags, "--limits-uncommitted-per-connection=32MiB", "--rates-apply=on");
    expect(limits).toMatchObject({ frameIn: 16_777_216, frameOut: 16_777_216, waitingPerClient: 33_554_432 });
  });
});

test("LIMIT-10: every limit can be set, within its least and most", () => {
  for (const limit of [
    ...Object.values(SERVER_LIMITS),
    ...Object.values(RATE_LIMITS),
    ...Object.values(TODO_LIMITS),
  ]) {
    const { type } = SETTINGS[limit.key];
    const parse = (amount: number) =>
      type.parse({
        name: limit.key,
        source: DEFAULT,
        value: type.format(amount)?.replaceAll('"', "") ?? "",
      });
    expect([limit.key, parse(limit.least), parse(limit.most)]).toEqual([limit.key, limit.least, limit.most]);
    expect(() => parse(limit.most + 1)).toThrow(UsageError);
    expect([limit.key, limit.default >= limit.least && limit.default <= limit.most]).toEqual([
      limit.key,
      true,
    ]);
  }
});
