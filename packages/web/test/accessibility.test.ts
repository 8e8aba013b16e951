import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Browser, openBrowser } from "@fanfare/testing/browser";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import type { Page } from "playwright-core";
import { violationsInBothThemes } from "./support/accessibility.ts";

/** Pages as a person has them before them, one after the other on one server. Each app adds its own states in its own tests. */
const SCENES: Readonly<Record<string, (page: Page, url: URL) => Promise<void>>> = {
  "an empty board": async (page, url) => {
    await page.goto(new URL("/board", url).href);
    await page.getByText("The board is empty").waitFor();
  },
  "a board with notes": async (page, url) => {
    const link = await WebSocketClient.open("bob", url, "/ws?history=0");
    for (let n = 0; n < 40; n++)
      link.send(JSON.stringify({ message: `note ${n}`, from: `user ${n}`, more: "x" }));
    await page.goto(new URL("/board", url).href);
    await page.locator("main li p").getByText("note 39").waitFor();
    await page.getByLabel("Note", { exact: true }).fill("x".repeat(4_001));
    await page.getByText("1 too many").waitFor();
    await link.close();
  },
  "a stopped board": async (page, url) => {
    await page.goto(new URL("/board", url).href);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped").waitFor();
    await page.getByLabel("Note", { exact: true }).press("Enter");
    await page.getByText("Write something first.").waitFor();
  },
  "the app switcher": async (page, url) => {
    await page.goto(new URL("/board", url).href);
    await page.getByLabel("Note", { exact: true }).waitFor(); // before it there is no button anywhere
    const button = page.getByRole("button", { name: /switch app/ });
    if (!(await button.isVisible())) return;
    await button.click();
    await page.getByRole("menuitem", { name: "Board" }).waitFor();
  },
  "the feed test": async (page, url) => {
    await page.goto(new URL("/feed/test", url).href);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("Connected to").waitFor();
    await page.getByLabel("Content").fill("hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("li").waitFor();
  },
  "an address where nothing is": async (page, url) => {
    await page.goto(new URL("/nothing", url).href);
    await page.getByText("Page not found").waitFor();
  },
};

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser[Symbol.asyncDispose]());

for (const phone of [false, true]) {
  describe(`WCAG AA in light and dark, on a ${phone ? "phone" : "desktop"}`, () => {
    const data = scratchDirectory();
    let server: ServerProcess;
    beforeAll(async () => {
      server = await ServerProcess.start(data.path, "--engine", "memory");
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
      data[Symbol.dispose]();
    });
    for (const [name, show] of Object.entries(SCENES)) {
      test(name, async () => {
        const page = await browser.page({ phone, expected: /status of 404/ });
        await show(page, server.url);
        expect(await violationsInBothThemes(page)).toEqual([]);
        const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await page.context().close();
      });
    }
  });
}
