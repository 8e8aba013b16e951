import { expect, test } from "bun:test";
import { openBrowser } from "./browser.ts";
import { scratchDirectory } from "./scratch-directory.ts";

test("a page in dark on a phone", async () => {
  await using browser = await openBrowser();
  const page = await browser.page({ dark: true, phone: true });
  const seen = await page.evaluate(`[matchMedia("(prefers-color-scheme: dark)").matches, innerWidth]`);
  expect(seen).toEqual([true, 360]);
});

test("an exception in a page, and an unexpected error on its console, are reported", async () => {
  await using browser = await openBrowser();
  const page = await browser.page({ expected: /foreseen/ });
  const thrown = page.context().waitForEvent("weberror");
  await page.evaluate(`console.error("foreseen"); setTimeout(() => { throw new Error("thrown"); })`);
  await thrown;
  const bare = page.context().waitForEvent("weberror");
  await page.evaluate(
    `setTimeout(() => { const error = new Error("bare"); error.stack = ""; throw error; })`,
  );
  await bare;
  const said = page.waitForEvent("console");
  await page.evaluate(`console.error("said")`);
  await said;
  const errors = browser.takeErrors().join("\n");
  expect(errors).toMatch(/thrown[\s\S]*bare[\s\S]*said/);
  expect(errors).not.toMatch(/foreseen/);
});

const FIXTURE = `import { test } from "bun:test";
import { openBrowser } from "${new URL("./browser.ts", import.meta.url).pathname}";
test("of one's own", async () => {
  await using browser = await openBrowser();
  const page = await browser.page();
  await page.evaluate("console.error('said')");
  throw new Error("meant");
});
`;

test("errors of a page fail the test, and do not hide why the test failed", async () => {
  using place = scratchDirectory();
  const file = `${place.path}/fixture.test.ts`;
  await Bun.write(file, FIXTURE);
  const run = Bun.spawn({ cmd: [process.execPath, "test", file], stdout: "ignore", stderr: "pipe" });
  const printed = await new Response(run.stderr).text();
  expect(await run.exited).toBe(1);
  expect(printed).toContain("error: meant");
  expect(printed).toMatch(/error: a page was in trouble:\s+said/);
  expect(printed).not.toContain("SuppressedError");
});
