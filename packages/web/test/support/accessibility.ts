import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
/** What stands above the page (a menu, a tooltip) is in no landmark, as its role wants it. */
const APART = { region: { enabled: false } };
/** WCAG 2.2 A and AA, and what axe holds for good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Two frames on everything knows its new colours; nothing fades over to them, as the browser asks for reduced motion. */
const DRAWN =
  "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() => undefined)";

declare const axe: { run(options: object): Promise<AxeResults> };

/** What axe finds wrong with a page as it is now, one line for each element; nothing, it is hoped. */
export async function violations(page: Page): Promise<readonly string[]> {
  // What fades in is not there yet, and axe would pass over it.
  await page.locator("[data-starting-style]").first().waitFor({ state: "detached" });
  await page.evaluate(AXE);
  const results = await page.evaluate(
    ([values, rules]) => axe.run({ runOnly: { type: "tag", values }, rules, resultTypes: ["violations"] }),
    [RULES, APART] as const,
  );
  if (results.passes.length === 0) throw new Error("axe has looked at nothing");
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}: ${html}: ${failureSummary}`),
  );
}

/** The same in light and in dark. A page is left as it was: in light. */
export async function violationsInBothThemes(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(DRAWN);
    found.push(...(await violations(page)).map((violation) => `in ${colorScheme}: ${violation}`));
  }
  return found;
}
