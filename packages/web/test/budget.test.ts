import { expect, test } from "bun:test";
import { PAGES } from "../src/pages.ts";
import { presentBundle, scriptBytes } from "./support/first-load.ts";

const BUDGET = 150 * 1024;

for (const { name } of PAGES) {
  test(`the first load of the page ${name} is at most 150 KB of script, gzipped`, async () => {
    const bytes = scriptBytes(await presentBundle(), name);
    console.log(`${name}: ${(bytes / 1024).toFixed(1)} KB of script, gzipped`);
    expect(bytes).toBeGreaterThan(1024);
    expect(bytes).toBeLessThanOrEqual(BUDGET);
  });
}
