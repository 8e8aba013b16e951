import { expect, test } from "bun:test";
import { refuse } from "@fanfare/protocol";
import fc from "fast-check";
import { PERMISSIONS } from "../config/permission.ts";
import { DEFAULT_POLICIES, DEFAULT_POLICY, matches } from "../config/policy.ts";
import { Authorizer } from "./authorizer.ts";
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

test("AUTH-6: who may join a pattern may join every room that matches it", () => {
  fc.assert(
    fc.property(
      fc.array(policy, { maxLength: 5 }),
      fc.boolean(),
      identity,
      pattern,
      name,
      fc.constantFrom(...PERMISSIONS),
      (policies, tokens, who, asked, rest, permission) => {
        const authorizer = new Authorizer(policies, tokens);
        const room = asked.endsWith("*") ? asked.slice(0, -1) + rest : asked;
        if (!matches(asked, room)) throw new Error("no room of the pattern");
        fc.pre(authorizer.missing(who, permission, asked) === undefined);
        expect(authorizer.missing(who, permission, room)).toBeUndefined();
      },
    ),
    { numRuns: 3_000 },
  );
});

test("AUTH-7: where tokens are in use a guest may do what policies say, and without a word nothing; a service everything", () => {
  const authorizer = new Authorizer([{ ...DEFAULT_POLICY, pattern: "a", guests: ["join"] }], true);
  const guest = { user: "guest-a" };
  expect(authorizer.missing(guest, "join", "a")).toBeUndefined();
  for (const permission of PERMISSIONS) {
    expect(authorizer.missing(guest, permission, "b")).toMatchObject({ name: "forbidden" });
    expect(authorizer.missing({ user: "todo", service: true }, permission, "b")).toBeUndefined();
  }
  expect(new Authorizer([], true).admitsGuests).toBe(false);
  expect(new Authorizer([{ ...DEFAULT_POLICY, guests: [] }], true).admitsGuests).toBe(false);
  expect(authorizer.admitsGuests).toBe(true);
});

test("AUTH-7: where no tokens are in use everyone may do everything but what policies close, and administer nothing", () => {
  const authorizer = new Authorizer([{ ...DEFAULT_POLICY, pattern: "closed", guests: ["join"] }], false);
  for (const permission of PERMISSIONS) {
    const refusal = authorizer.missing({ user: "ada" }, permission, "open");
    expect([permission, refusal === undefined]).toEqual([permission, permission !== "admin"]);
  }
  expect(authorizer.missing({ user: "ada" }, "publish", "closed")).toEqual(
    refuse("forbidden", "You lack the permission publish in closed."),
  );
  expect(authorizer.identify({ kind: "guest" }, () => "ada")).toEqual({ user: "ada" });
});

test("AUTH-6: what a policy for all rooms closes, a more exact one that is silent about it does not open", () => {
  const policies = [
    { ...DEFAULT_POLICY, pattern: "chat:lobby", guests: ["join"] as const },
    { ...DEFAULT_POLICY, pattern: "open:*", users: ["join"] as const },
    ...DEFAULT_POLICIES,
    { ...DEFAULT_POLICY, users: [] },
  ];
  const authorizer = new Authorizer(policies, true);
  const user = { user: "mallory", proof: { token: "t", expires: 0 } };
  for (const room of ["chat:lobby", "board:main", "todo:payroll", "todo:*", "*", "other"])
    expect([room, authorizer.missing(user, "join", room)?.name]).toEqual([room, "forbidden"]);
  expect(authorizer.missing(user, "join", "open:*")).toBeUndefined();
  const guests = new Authorizer([...DEFAULT_POLICIES, { ...DEFAULT_POLICY, guests: ["join"] }], false);
  expect(guests.missing({ user: "ada" }, "publish", "board:main")).toMatchObject({ name: "forbidden" });
});
