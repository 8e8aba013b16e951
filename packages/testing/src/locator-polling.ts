import type { Locator, Page } from "playwright-core";

/** Milliseconds between two looks. */
const PAUSE = 20;

const done = new WeakSet<object>();

/**
 * Makes `waitFor` poll every 20 ms. Playwright itself polls every 500 ms, which would be most of the tests' time.
 * @param patience milliseconds, unless a test passes its own
 */
export function pollLocatorsFast(page: Page, patience: number): void {
  const prototype: Locator = Object.getPrototypeOf(page.locator("html"));
  if (done.has(prototype)) return;
  done.add(prototype);
  const waitFor = prototype.waitFor;
  prototype.waitFor = async function (this: Locator, { state = "visible", timeout = patience } = {}) {
    const deadline = performance.now() + timeout;
    try {
      while (performance.now() < deadline) {
        if (await isSo(this, state)) return;
        await Bun.sleep(PAUSE);
      }
    } catch {
      // The page navigates, or several elements match: Playwright itself waits again, or says what is wrong.
    }
    await waitFor.call(this, { state, timeout: Math.max(1, deadline - performance.now()) });
  };
}

async function isSo(
  locator: Locator,
  state: "attached" | "detached" | "visible" | "hidden",
): Promise<boolean> {
  switch (state) {
    case "visible":
      return locator.isVisible();
    case "hidden":
      return !(await locator.isVisible());
    case "attached":
      return (await locator.count()) > 0;
    case "detached":
      return (await locator.count()) === 0;
  }
}
