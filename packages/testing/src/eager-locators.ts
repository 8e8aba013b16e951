import type { Locator, Page } from "playwright-core";

/** Ms between two looks. */
const PAUSE = 20;

const done = new WeakSet<object>();

/**
 * Playwright looks every 500 ms whether what a test waits for is there, which made up most of the tests' time: now every
 * 20 ms.
 * @param patience ms unless a test says otherwise
 */
export function lookOften(page: Page, patience: number): void {
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
      // A page that goes elsewhere meanwhile, or more than one that is meant: Playwright knows what to do, or to say.
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
