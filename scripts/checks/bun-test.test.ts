import { afterEach, beforeEach, expect, spyOn, test } from "bun:test";
import { judge } from "./bun-test.mjs";

let log: ReturnType<typeof spyOn>;
beforeEach(() => {
  log = spyOn(console, "log").mockImplementation(() => {});
});
afterEach(() => log.mockRestore());

const clean = { code: 0, signal: null };

function report(tests: number, failures: number, skipped: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="${tests}" assertions="1" failures="${failures}" skipped="${skipped}" time="0.02">
  <testsuite name="a.test.ts" tests="99" failures="99" skipped="99"></testsuite>
</testsuites>`;
}

test("the numbers are those of the report's root", () => {
  expect(judge(clean, report(9, 0, 2))).toEqual({ passed: 7, failed: 0, skipped: 2 });
  expect(judge({ code: 1, signal: null }, report(9, 3, 0))).toEqual({ passed: 6, failed: 3, skipped: 0 });
});

test("no report is a failure, whatever the exit code: a test may have ended the process", () => {
  expect(judge(clean, "")).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(judge({ code: null, signal: "SIGSEGV" }, "<testsuites name=")).toMatchObject({ failed: 1 });
});

test("a bad end is a failure even if no test failed", () => {
  expect(judge({ code: 1, signal: null }, report(5, 0, 0))).toEqual({ passed: 5, failed: 1, skipped: 0 });
  expect(judge({ code: null, signal: "SIGKILL" }, report(5, 0, 0))).toMatchObject({ failed: 1 });
});

test("a run without a test is a failure", () => {
  expect(judge(clean, report(0, 0, 0))).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(judge(clean, report(2, 0, 2))).toEqual({ passed: 0, failed: 1, skipped: 2 });
});
