import { expect, test } from "bun:test";
import { AuditLog } from "./audit-log.ts";
import type { Fields } from "./log.ts";

test("AUTH-10: who is refused without end fills no disk, and how much was left out is said", () => {
  const lines: string[] = [];
  const put = (event: string, fields: Fields = {}) => void lines.push(`${event} ${JSON.stringify(fields)}`);
  let now = 1_000;
  const audit = new AuditLog({ debug: put, info: put, warn: put, error: put }, () => now);
  for (let i = 0; i < 250; i++) audit.denied({ user: "ada" }, "join", "a");
  audit.revoked({ by: "root" });
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toBe('admin.revoked {"by":"root"}');
  for (let i = 0; i < 120; i++) audit.upgradeRefused({ status: 404 });
  expect(lines).toHaveLength(201); // however often others are refused something else
  now = 2_000;
  audit.turnedAway("hello", { name: "unauthorized" });
  expect(lines.slice(201)).toEqual([
    'audit.skipped {"of":"access.denied","lines":150}',
    'audit.skipped {"of":"upgrade.refused","lines":20}',
    'token.refused {"op":"hello","error":"There is no token, or one that is not taken."}',
  ]);
});
