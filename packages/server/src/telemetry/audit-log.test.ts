import { expect, test } from "bun:test";
import { refuse } from "@fanfare/protocol";
import { AuditLog } from "./audit-log.ts";
import type { Fields } from "./log.ts";

function watch() {
  const lines: string[] = [];
  const put = (event: string, fields: Fields = {}) => void lines.push(`${event} ${JSON.stringify(fields)}`);
  const time = { now: 0 };
  const audit = new AuditLog({ debug: put, info: put, warn: put, error: put }, () => time.now);
  return { lines, time, audit };
}

test("AUTH-10: the same refusal of the same user is said once a minute, with how often it came again", () => {
  const { lines, time, audit } = watch();
  for (let i = 0; i < 250; i++) audit.denied({ user: "ada" }, "join", `room ${i}`);
  audit.denied({ user: "ada" }, "publish", "room 0");
  audit.denied({ user: "bob" }, "join", "room 0");
  audit.revoked({ by: "root" });
  audit.revoked({ by: "root" });
  time.now = 60_000;
  audit.denied({ user: "ada" }, "join", "room 7");
  expect(lines).toEqual([
    'access.denied {"user":"ada","guest":true,"permission":"join","room":"room 0"}',
    'access.denied {"user":"ada","guest":true,"permission":"publish","room":"room 0"}',
    'access.denied {"user":"bob","guest":true,"permission":"join","room":"room 0"}',
    'admin.revoked {"by":"root"}',
    'admin.revoked {"by":"root"}',
    'access.denied {"user":"ada","guest":true,"permission":"join","room":"room 7","before":249}',
  ]);
});

test("AUTH-10: how often it came again is not forgotten for who is refused meanwhile", () => {
  const { lines, time, audit } = watch();
  for (let i = 0; i < 250; i++) audit.denied({ user: "ada" }, "join", "a");
  time.now = 60_000;
  audit.denied({ user: "bob" }, "join", "a");
  audit.denied({ user: "ada" }, "join", "a");
  expect(lines.at(-1)).toContain('"before":249');
});

test("AUTH-10: a flood of refused upgrades or tokens is a line for each reason and address", () => {
  const { lines, audit } = watch();
  const refused = { status: 404, error: "not found" };
  for (let i = 0; i < 1_000; i++) {
    audit.upgradeRefused({ ...refused, path: `/${i}`, from: "192.0.2.1" });
    audit.upgradeRefused({ ...refused, path: `/${i}`, from: "192.0.2.2" });
    audit.tokenRefused("hello", refuse("unauthorized"));
  }
  audit.upgradeRefused({ status: 403, error: "foreign", path: "/ws", from: "192.0.2.1" });
  expect(lines).toEqual([
    'upgrade.refused {"status":404,"path":"/0","error":"not found","from":"192.0.2.1"}',
    'upgrade.refused {"status":404,"path":"/0","error":"not found","from":"192.0.2.2"}',
    'token.refused {"op":"hello","error":"The token is missing, or the server refuses it."}',
    'upgrade.refused {"status":403,"path":"/ws","error":"foreign","from":"192.0.2.1"}',
  ]);
});

test("AUTH-10: who changes names with every refusal fills no disk", () => {
  const { lines, audit } = watch();
  for (let i = 0; i < 10_000; i++) audit.denied({ user: `guest-${i}` }, "join", "a");
  expect(lines).toHaveLength(1_025);
  expect(lines.at(-1)).toContain('"who":"others"');
});
