import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import type { Page } from "playwright-core";
import { violationsInBothThemes } from "./support/accessibility.ts";
import { GONE, REFUSED, TodoPage } from "./support/todo-page.ts";

const expected = new RegExp(`${GONE.source}|${REFUSED.source}`);
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

/** On a desktop and on a phone. */
async function isFine(page: Page): Promise<void> {
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    expect([size, await violationsInBothThemes(page)]).toEqual([size, []]);
    const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
    expect([size, isWide]).toEqual([size, false]);
  }
}

test("the to-do page is WCAG AA in light and dark, on a desktop and on a phone: no list, an empty one, a busy one, a conflict, offline", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const page = await browser.page({ expected });
  await page.goto(new URL("/todo", server.url).href);
  await page.getByText("No lists yet").waitFor();
  await isFine(page);
  await page.goto(new URL("/todo/groceries", server.url).href);
  await page.getByText("Nothing to do yet").waitFor();
  await page.getByRole("button", { name: "Add your name" }).click();
  await page.getByRole("dialog").getByLabel("Name").waitFor();
  await page.getByRole("button", { name: "Save name" }).click();
  await page.getByText("Enter the name that others see.").waitFor();
  await isFine(page);
  await page.getByRole("dialog").getByLabel("Name").fill("Ada");
  await page.getByRole("button", { name: "Save name" }).click();
  await page.getByRole("button", { name: "Ada (change your name)" }).waitFor();

  const bob = new TodoClient(server.url, "bob");
  for (let n = 0; n < 20; n++) await bob.create("groceries", `to-do ${n}`);
  const { id } = await bob.create("groceries", "Milk");
  const done = await bob.create("another list with a name that is longer than there is room", "Bread");
  await bob.patch(done.id, { completed: true });
  const todo = TodoPage.of(page);
  await todo.complete("to-do 1");
  await page.keyboard.press("End");
  await todo.row("Milk").getByText("Milk").dblclick();
  const field = page.getByRole("textbox", { name: "Rename Milk" });
  await field.fill("x".repeat(501));
  await todo.field.press("Enter");
  await page.getByText("Enter a to-do.").waitFor();
  await isFine(page);
  await field.fill("Soy milk");
  await bob.patch(id, { title: "Oat milk", completed: true });
  await todo.toast("bob completed “Oat milk”").waitFor();
  await page.getByRole("textbox", { name: /^Rename / }).press("Enter");
  await todo.row("Oat milk").getByRole("alert").waitFor();
  await server.end("SIGKILL");
  await page.getByText("You are offline.").waitFor();
  await todo.complete("to-do 18");
  await todo.row("to-do 18").getByText("Not saved yet").waitFor({ state: "attached" });
  await isFine(page);
});
