import { expect, test } from "bun:test";
import type { Fields } from "../../telemetry/log.ts";
import { LimitLog } from "./limit-log.ts";

function watch() {
  const lines: (Fields | undefined)[] = [];
  const silent = { debug() {}, info() {}, error() {} };
  const log = { ...silent, warn: (_: string, fields?: Fields) => lines.push(fields) };
  const time = { now: 0 };
  return { lines, time, limitLog: new LimitLog(log, () => time.now) };
}

test("LIMIT-7: an offender is named once a minute, with what came before", () => {
  const { lines, time, limitLog } = watch();
  for (let i = 0; i < 1_000; i++) limitLog.record("limits.connections", "192.0.2.1", { from: "192.0.2.1" });
  limitLog.record("limits.connections", "192.0.2.2", { from: "192.0.2.2" });
  time.now = 60_000;
  limitLog.record("limits.connections", "192.0.2.1", { from: "192.0.2.1" });
  expect(lines).toEqual([
    { limit: "limits.connections", from: "192.0.2.1" },
    { limit: "limits.connections", from: "192.0.2.2" },
    { limit: "limits.connections", from: "192.0.2.1", before: 999 },
  ]);
});

test("LIMIT-7: very many offenders do not flood the log, either", () => {
  const { lines, limitLog } = watch();
  for (let i = 0; i < 100_000; i++) limitLog.record("rates.handshakes_per_address", String(i), {});
  expect(lines).toHaveLength(1_025);
  expect(lines.at(-1)).toEqual({ limit: "rates.handshakes_per_address", who: "others" });
});
