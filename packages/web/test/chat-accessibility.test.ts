import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Browser, openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import type { Page } from "playwright-core";
import { violationsInBothThemes } from "./support/accessibility.ts";
import { ChatPage, GONE } from "./support/chat-page.ts";
import { fillRoom } from "./support/history.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser[Symbol.asyncDispose]());

for (const phone of [false, true]) {
  test(`the chat is WCAG AA in light and dark, on a ${phone ? "phone" : "desktop"}`, async () => {
    await using server = await RestartableServer.start();
    const page = await browser.page({ phone, expected: GONE });
    await page.goto(server.url.href);
    await page.getByRole("button", { name: "Join" }).click();
    await page.getByText("Enter the name that others see.").waitFor();
    await check(page, "the entry");

    await fillRoom(server.url, "lobby", 30);
    const ada = await ChatPage.enter(page, server.url, "ada", "lobby");
    const eve = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
    eve.send("> quoted\n\n**bold** `code` https://example.com\n\n- a list\n- of two");
    eve.send("```\ncode\n```\n\n## heading\n\n| a | b |\n|---|---|\n| 1 | 2 |");
    await page.getByText("of two").waitFor();
    await ada.say("and this");
    await ada.message("and this").getByText("Sent").waitFor();
    await ada.composer.fill("x".repeat(4_100));
    await ada.composer.press("Enter");
    await page.getByText("too long for one message").waitFor();
    await check(page, "a conversation");

    await ada.composer.fill("");
    // What is the same on both is looked at on one.
    if (phone) {
      await page.getByRole("button", { name: /members?$/ }).click();
      await page.getByRole("dialog", { name: "In this room" }).waitFor();
      await check(page, "the members");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    } else {
      await page.getByRole("button", { name: "Emoji" }).click();
      await page.getByLabel("Search emoji").waitFor();
      await check(page, "the emoji picker");
      await page.keyboard.press("Escape");

      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("te");
      await page.getByRole("option", { name: "Open #te" }).waitFor();
      await check(page, "the switcher");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await ada.region.evaluate((region) => region.scrollTo({ top: 0 }));
      await page.getByRole("button", { name: "Jump to newest" }).waitFor();
      await ada.rows.nth(3).hover();
      await ada.composer.pressSequentially(":roc");
      await page.getByRole("option").first().waitFor();
      await check(page, "the past, and emoji by name");
      await ada.composer.fill("");
    }
    await server.kill();
    await page.getByText("Offline:").waitFor();
    await ada.say("later");
    await ada.message("later").getByText("Sending").waitFor();
    await check(page, "offline");
    await page.context().close();
  });
}

async function check(page: Page, what: string): Promise<void> {
  expect([what, ...(await violationsInBothThemes(page))]).toEqual([what]);
  const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect([what, overflow]).toEqual([what, 0]);
}
