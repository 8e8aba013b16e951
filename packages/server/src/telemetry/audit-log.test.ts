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
  now = 2_000;
  audit.turnedAway("hello", { name: "unauthorized" });
  expect(lines.slice(101)).toEqual([
    'audit.skipped {"lines":150}',
    'token.refused {"op":"hello","error":"There is no token, or one that is not taken."}',
  ]);
});
