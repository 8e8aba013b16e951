import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { ChatPage } from "./support/chat-page.ts";

test("NAME-1: rooms whose names a URL bends open what they say, over a reload as well", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await ChatPage.enter(await browser.page(), server.url, "ada", "lobby");
  for (const name of [".", "..", "a/../b", "a\\b", "%2e", "?new", "#x"]) {
    await ada.page.getByRole("link", { name: "New room" }).click();
    await ada.page.getByRole("textbox", { name: "Room" }).fill(`#${name}`);
    await ada.page.getByRole("button", { name: "Open room" }).click();
    await ada.page.getByRole("heading", { name: `#${name}`, exact: true }).waitFor();
    await ada.reload();
    await ada.page.getByRole("heading", { name: `#${name}`, exact: true }).waitFor();
    expect(await ada.page.locator("[aria-current=page]", { hasText: name }).count()).toBe(1);
  }
});
