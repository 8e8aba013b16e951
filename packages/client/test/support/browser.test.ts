import { expect, setDefaultTimeout, test } from "bun:test";
import { openBrowser } from "./browser.ts";

setDefaultTimeout(60_000);

test("a page in dark on a phone", async () => {
  await using browser = await openBrowser();
  const page = await browser.page({ dark: true, phone: true });
  const seen = await page.evaluate(`[matchMedia("(prefers-color-scheme: dark)").matches, innerWidth]`);
  expect(seen).toEqual([true, 360]);
});

test("an exception in a page, and an error on its console that was not foreseen, fail the test", async () => {
  const browser = await openBrowser();
  const page = await browser.page({ expected: /foreseen/ });
  const thrown = page.context().waitForEvent("weberror");
  await page.evaluate(`console.error("foreseen"); setTimeout(() => { throw new Error("thrown"); })`);
  await thrown;
  const said = page.waitForEvent("console");
  await page.evaluate(`console.error("said")`);
  await said;
  const ending = browser[Symbol.asyncDispose]();
  await expect(ending).rejects.toThrow(/thrown[\s\S]*said/);
  await expect(ending).rejects.not.toThrow(/foreseen/);
});
