import { expect, test } from "bun:test";
import { CLOSE, shouldReconnect } from "./close-codes.ts";
import { ERRORS } from "./errors.ts";

const spec = await Bun.file(new URL("../../../SPEC.md", import.meta.url)).text();

test("ERR-1: the table of errors is the one in SPEC.md, numbers, names and whether to retry", () => {
  const rows = [...spec.matchAll(/^\| (\d+) \| `(\w+)` \| (yes|no) \|/gm)];
  const told = rows.map(([, code, name, retry]) => [Number(code), name, retry === "yes"]);
  expect(told.length).toBeGreaterThan(0);
  const kept: unknown[] = Object.entries(ERRORS).map(([name, { code, retry }]) => [code, name, retry]);
  expect(kept).toEqual(told);
});

test("ERR-1: numbers are unique and ascending, and every error says a sentence", () => {
  const codes = Object.values(ERRORS).map(({ code }) => code);
  expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
  for (const { message } of Object.values(ERRORS)) expect(message).toMatch(/^\w.+\.$/);
});

test("CLOSE-1: the codes after which a client reconnects are the ones of SPEC.md", () => {
  const rule = spec.match(/\*\*CLOSE-1\*\*[^:]*: (.*): reconnect and resume; (.*): not before/);
  const codes = (list: string | undefined): number[] =>
    (list ?? "").split(/,| and /).flatMap((part) => {
      const [from = "", to = from] = part.trim().split("–");
      if (from === "") return [];
      return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
    });
  const [yes, no] = [codes(rule?.[1]), codes(rule?.[2])];
  expect(yes).toHaveLength(506);
  expect(no).toHaveLength(503);
  for (const code of yes) expect([code, shouldReconnect(code)]).toEqual([code, true]);
  for (const code of no) expect([code, shouldReconnect(code)]).toEqual([code, false]);
});

test("CLOSE-1: the server's own codes lie in the range that says what to do, with a reason that fits", () => {
  const resuming = ["goingAway", "fault", "tryLater", "stalled", "silent", "unavailable", "expired"];
  for (const [name, { code, reason }] of Object.entries(CLOSE)) {
    expect([name, shouldReconnect(code)]).toEqual([name, resuming.includes(name)]);
    expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123);
  }
  expect(new Set(Object.values(CLOSE).map(({ code }) => code)).size).toBe(Object.keys(CLOSE).length);
});

test("CLOSE-1: the numbers that the rule names are these", () => {
  expect(spec).toContain(
    `${CLOSE.stalled.code} stalled, ${CLOSE.silent.code} silent, ${CLOSE.unavailable.code} log unreadable, ${CLOSE.expired.code} token expired, ${CLOSE.helloTimeout.code} no hello, ${CLOSE.revoked.code} token revoked`,
  );
});
