import { expect, test } from "bun:test";
import { refuse } from "@fanfare/protocol";
import fc from "fast-check";
import { PERMISSIONS } from "../config/permission.ts";
import { DEFAULT_POLICIES, DEFAULT_POLICY, matches } from "../config/policy.ts";
import { Authority } from "./authority.ts";
import type { Identity } from "./identity.ts";

const name = fc.string({ unit: fc.constantFrom("a", "b", ":"), minLength: 1, maxLength: 4 });
const pattern = fc.oneof(
  name,
  name.map((text) => `${text}*`),
  fc.constant("*"),
);
const may = fc.subarray([...PERMISSIONS]);
const policy = fc
  .record({ pattern, guests: fc.option(may), users: fc.option(may) })
  .map(({ pattern: own, guests, users }) => ({
    ...DEFAULT_POLICY,
    pattern: own,
    ...(guests && { guests }),
    ...(users && { users }),
  }));
const grants = fc.option(fc.array(fc.record({ pattern, may }), { maxLength: 4 }));
const identity: fc.Arbitrary<Identity> = fc.oneof(
  fc.constant({ user: "guest-a" }),
  grants.map((given) => ({
    user: "ada",
    proof: { token: "t", expires: 0, ...(given && { grants: given }) },
  })),
);

test("AUTH-6: whoever may join a pattern may join every room that it reaches", () => {
  fc.assert(
    fc.property(
      fc.array(policy, { maxLength: 5 }),
      fc.boolean(),
      identity,
      pattern,
      name,
      fc.constantFrom(...PERMISSIONS),
      (policies, tokens, who, asked, rest, permission) => {
        const authority = new Authority(policies, tokens);
        const room = asked.endsWith("*") ? asked.slice(0, -1) + rest : asked;
        if (!matches(asked, room)) throw new Error("no room of the pattern");
        fc.pre(authority.lacking(who, permission, asked) === undefined);
        expect(authority.lacking(who, permission, room)).toBeUndefined();
      },
    ),
    { numRuns: 3_000 },
  );
});

test("AUTH-7: where tokens are in use a guest may do what policies say, and without a word nothing; a service everything", () => {
  const authority = new Authority([{ ...DEFAULT_POLICY, pattern: "a", guests: ["join"] }], true);
  const guest = { user: "guest-a" };
  expect(authority.lacking(guest, "join", "a")).toBeUndefined();
  for (const permission of PERMISSIONS) {
    expect(authority.lacking(guest, permission, "b")).toMatchObject({ name: "forbidden" });
    expect(authority.lacking({ user: "todo", service: true }, permission, "b")).toBeUndefined();
  }
  expect(new Authority([], true).admitsGuests).toBe(false);
  expect(new Authority([{ ...DEFAULT_POLICY, guests: [] }], true).admitsGuests).toBe(false);
  expect(authority.admitsGuests).toBe(true);
});

test("AUTH-7: where no tokens are in use everyone may do everything but what policies close, and administer nothing", () => {
  const authority = new Authority([{ ...DEFAULT_POLICY, pattern: "closed", guests: ["join"] }], false);
  for (const permission of PERMISSIONS) {
    const refusal = authority.lacking({ user: "ada" }, permission, "open");
    expect([permission, refusal === undefined]).toEqual([permission, permission !== "admin"]);
  }
  expect(authority.lacking({ user: "ada" }, "publish", "closed")).toEqual(
    refuse("forbidden", "You lack the permission publish in closed."),
  );
  expect(authority.identify({ kind: "guest" }, () => "ada")).toEqual({ user: "ada" });
});

test("AUTH-6: what a policy for all rooms closes, a more exact one that is silent about it does not open", () => {
  const policies = [
    { ...DEFAULT_POLICY, pattern: "chat:lobby", guests: ["join"] as const },
    { ...DEFAULT_POLICY, pattern: "open:*", users: ["join"] as const },
    ...DEFAULT_POLICIES,
    { ...DEFAULT_POLICY, users: [] },
  ];
  const authority = new Authority(policies, true);
  const user = { user: "mallory", proof: { token: "t", expires: 0 } };
  for (const room of ["chat:lobby", "board:main", "todo:payroll", "todo:*", "*", "other"])
    expect([room, authority.lacking(user, "join", room)?.name]).toEqual([room, "forbidden"]);
  expect(authority.lacking(user, "join", "open:*")).toBeUndefined();
  const guests = new Authority([...DEFAULT_POLICIES, { ...DEFAULT_POLICY, guests: ["join"] }], false);
  expect(guests.lacking({ user: "ada" }, "publish", "board:main")).toMatchObject({ name: "forbidden" });
});
