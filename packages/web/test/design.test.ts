import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Browser, openBrowser } from "@fanfare/testing/browser";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import type { Page } from "playwright-core";
import { violationsInBothThemes } from "./support/accessibility.ts";
import { copyOfTheApps } from "./support/copy-of-the-apps.ts";

const GALLERY = `import { Gallery } from "../design/gallery.tsx";
import { startPage } from "../design/index.ts";
startPage(<Gallery />);`;

/** Beside the one place that serves pages under our CSP: a page that breaks it fails here. */
const directory = scratchDirectory();
let browser: Browser;
let address: string;
/** What the server does not answer for now. */
let isAway = (_path: string) => false;
const ending: (() => unknown)[] = [];
beforeAll(async () => {
  const { open, write } = await copyOfTheApps(directory.path);
  write("board/app.tsx", GALLERY);
  const apps = open();
  const fetch = (request: Request) =>
    isAway(new URL(request.url).pathname)
      ? new Response("away", { status: 503 })
      : (apps.http(request) ?? new Response("not found", { status: 404 }));
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
  address = new URL("/board", server.url).href;
  browser = await openBrowser();
  ending.push(
    () => server.stop(true),
    () => apps.close(),
    () => browser[Symbol.asyncDispose](),
  );
});
afterAll(async () => {
  for (const end of ending) await end();
  directory[Symbol.dispose]();
});

test("who asks for reduced motion sees nothing fade, and all of a theme at once", async () => {
  const page = await browser.page();
  await page.goto(address);
  await page.getByText("No rooms yet").waitFor();
  await page.emulateMedia({ colorScheme: "dark" });
  const fading = "document.getAnimations().filter((each) => each instanceof CSSTransition).length";
  expect(await page.evaluate<number>(fading)).toBe(0);
  const ink = () => page.getByText("No rooms yet").evaluate((element) => getComputedStyle(element).color);
  const dark = await ink();
  await page.emulateMedia({ colorScheme: "light" });
  expect(await ink()).not.toBe(dark);
  await page.close();
});

const focused = (page: Page) => page.locator(":focus").getAttribute("aria-label");
const dialog = (page: Page, name = "Rename") => page.getByRole("dialog", { name, exact: true });

for (const phone of [false, true]) {
  test(`every piece holds WCAG AA in light and dark, on a ${phone ? "phone" : "desktop"}`, async () => {
    const page = await browser.page({ phone });
    await page.goto(address);
    await page.getByText("No rooms yet").waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth)).toBe(0);

    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Rename" }).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await dialog(page).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("alertdialog").waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole("button", { name: "Delete list" }).click();
    await page.getByText("Deleted").first().waitFor();
    await page.getByRole("button", { name: "Notify", exact: true }).click();
    await page.getByText("Groceries is now Food").first().waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);

    if (phone) {
      await page.getByRole("button", { name: "Rooms" }).click();
      await dialog(page, "Rooms").waitFor();
      expect(await violationsInBothThemes(page)).toEqual([]);
      await dialog(page, "Rooms").getByRole("link", { name: "random" }).click();
      await dialog(page, "Rooms").waitFor({ state: "detached" });
    }
    await page.context().close();
  });
}

test("a menu and a dialog work by keyboard alone, and the focus comes back", async () => {
  const page = await browser.page();
  await page.goto(address);
  await page.getByRole("button", { name: "More" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Rename" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem").first().waitFor({ state: "detached" });
  expect(await focused(page)).toBe("More");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Rename" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menuitem", { name: "Rename" }).press("Enter");
  await dialog(page).waitFor();
  for (let press = 0; press < 8; press++) {
    await page.keyboard.press("Tab");
    await page.locator("[role=dialog] :focus, [role=dialog]:focus").waitFor({ state: "attached" });
  }
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  await page.context().close();
});

const toast = (page: Page, text: string) =>
  page.getByRole("region", { name: /^Notifications/ }).getByText(text, { exact: true });

test("a toast stays while the focus is on it, F6 leads there, and the focus comes back", async () => {
  const page = await browser.page();
  await page.clock.install();
  await page.goto(address);
  const remove = async () => {
    await page.getByRole("button", { name: "Delete", exact: true }).press("Enter");
    await page.getByRole("button", { name: "Delete list" }).press("Enter");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    await toast(page, "Deleted").waitFor();
  };
  await remove();
  await page.keyboard.press("F6");
  await page.keyboard.press("Tab");
  await page.clock.runFor(60_000);
  await page.getByRole("button", { name: "Dismiss" }).and(page.locator(":focus")).press("Enter");
  await toast(page, "Deleted").waitFor({ state: "detached" });
  expect(await page.locator(":focus").textContent()).toBe("Delete");
  await remove();
  await page.clock.runFor(60_000);
  await toast(page, "Deleted").waitFor({ state: "detached" });
  await page.context().close();
});

test("popups are there when the server is gone; where it went before they came, the page says so, and they come with it", async () => {
  const page = await browser.page({ expected: /status of 503/ });
  const html = await (await fetch(address, { headers: { accept: "text/html" } })).text();
  const later = html.match(/data-prefetch="([^"]+)"/)?.[1]?.split(" ") ?? [];
  expect(later.length).toBeGreaterThan(0);
  isAway = (path) => later.includes(path);
  await page.goto(address);
  await page.getByRole("button", { name: "Notify", exact: true }).click();
  await toast(page, "Groceries is now Food").waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await toast(page, "Part of this page hasn't loaded yet").waitFor();
  isAway = () => false;
  await page.getByRole("menuitem", { name: "Rename" }).waitFor();
  isAway = () => true;
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await dialog(page).waitFor();
  isAway = () => false;
  await page.context().close();
});

test("a tooltip shows on the keyboard's focus and under the pointer, and Escape takes it away", async () => {
  const page = await browser.page();
  await page.goto(address);
  const tooltip = page.locator(".tooltip");
  const bell = page.getByRole("button", { name: "Notify me" });
  await bell.hover();
  await tooltip.getByText("Notify me").waitFor();
  await tooltip.hover();
  expect(await tooltip.isVisible()).toBe(true);
  await page.keyboard.press("Escape");
  await tooltip.waitFor({ state: "hidden" });
  await page.keyboard.press("Tab");
  await bell.focus();
  await tooltip.waitFor();
  await page.keyboard.press("Tab");
  await tooltip.getByText("More").waitFor();
  await page.context().close();
});

test("the first key goes to a link that skips to the content", async () => {
  const page = await browser.page();
  await page.goto(address);
  await page.getByText("No rooms yet").waitFor();
  await page.keyboard.press("Tab");
  expect(await page.locator(":focus").textContent()).toBe("Skip to content");
  await page.keyboard.press("Enter");
  expect(await page.locator(":focus").getAttribute("id")).toBe("content");
  await page.context().close();
});
