import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { TodoClient } from "@fanfare/testing/todo-client";
import type { Page } from "playwright-core";
import { expectSoon } from "./support/expect-soon.ts";
import { GONE, REFUSED, TodoPage } from "./support/todo-page.ts";

const expected = new RegExp(`${GONE.source}|${REFUSED.source}|ERR_FAILED`);

/** Fails what changes to-dos, as a server that is away does; the page and its lists load. */
async function blockChanges(page: Page): Promise<void> {
  await page.route("**/api/todos**", (route) =>
    route.request().method() === "GET" ? route.fallback() : route.abort("failed"),
  );
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
  await page.locator("main [aria-busy]").waitFor({ state: "detached" });
}

test("TODO-2 TODO-9: changes that wait survive a reload, in whatever list they are, and are made once", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const bob = new TodoClient(server.url, "bob");
  const milk = await bob.create("groceries", "Milk");
  const bread = await bob.create("groceries", "Bread");
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected });
  await blockChanges(ada.page);
  await ada.rename("Milk", "Oat milk");
  await ada.add("Eggs");
  await ada.row("Bread").getByRole("button", { name: "Delete" }).click();
  await ada.page.getByText("3 changes are saved here").waitFor();
  // Another list, so that the first one is not open after the reload.
  await ada.page.goto(new URL("/todo/chores", server.url).href);
  await ada.live();
  await reload(ada.page);
  await ada.page.unroute("**/api/todos**");
  const titles = async () => (await bob.all("list=groceries")).map(({ title }) => title);
  await expectSoon(titles, ["Oat milk", "Eggs"]);
  await ada.page.goto(new URL("/todo/groceries", server.url).href);
  await ada.box("Eggs").waitFor();
  await ada.saved();
  expect(await ada.titles()).toEqual(["Oat milk", "Eggs"]);
  expect((await bob.get(milk.id)).version).toBe(2);
  expect(bread.version).toBe(1);
  // Nothing is sent again.
  await reload(ada.page);
  await ada.box("Eggs").waitFor();
  expect((await bob.get(milk.id)).version).toBe(2);
});

test("TODO-3: a conflict is there after a reload, with what was typed, until one decides", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const bob = new TodoClient(server.url, "bob");
  const milk = await bob.create("groceries", "Milk");
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected });
  await ada.row("Milk").getByText("Milk", { exact: true }).dblclick();
  const field = ada.page.getByRole("textbox", { name: "Rename Milk" });
  await field.fill("Oat milk");
  await bob.patch(milk.id, { title: "Soy milk" });
  await ada.page.getByRole("textbox", { name: "Rename Soy milk" }).waitFor();
  await ada.page.keyboard.press("Enter");
  const conflict = () => ada.row("Soy milk").getByRole("alert").getByText("“Oat milk”");
  await conflict().waitFor();
  await reload(ada.page);
  await conflict().waitFor();
  await ada.row("Soy milk").getByRole("button", { name: "Apply mine" }).click();
  await ada.box("Oat milk").waitFor();
  await expectSoon(async () => (await bob.get(milk.id)).title, "Oat milk");
  await reload(ada.page);
  await ada.box("Oat milk").waitFor();
  expect(await ada.page.getByRole("alert").count()).toBe(0);
});

test("TODO-1: what one types into a to-do that somebody deletes meanwhile is kept, and can be added again", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const bob = new TodoClient(server.url, "bob");
  const milk = await bob.create("groceries", "Milk");
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected });
  await ada.row("Milk").getByText("Milk", { exact: true }).dblclick();
  await ada.page.getByRole("textbox", { name: "Rename Milk" }).fill("Oat milk");
  await bob.remove(milk.id);
  const note = ada.row("Oat milk").getByRole("alert");
  await note.getByText("bob deleted “Milk” while you were editing it.").waitFor();
  await reload(ada.page);
  await note.getByText("deleted “Milk” while you were editing it.").waitFor();
  await note.getByRole("button", { name: "Add it again" }).click();
  await expectSoon(async () => (await bob.all("list=groceries")).map(({ title }) => title), ["Oat milk"]);
  await note.waitFor({ state: "detached" });
  expect(await ada.titles()).toEqual(["Oat milk"]);
});

test("TODO-1: what stands in a field of the to-do page is there after a reload, also if its to-do was deleted", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const bob = new TodoClient(server.url, "bob");
  const milk = await bob.create("groceries", "Milk");
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected });
  await ada.field.fill("Eggs and");
  await ada.row("Milk").getByText("Milk", { exact: true }).dblclick();
  const field = ada.page.getByRole("textbox", { name: "Rename Milk" });
  await field.fill("Oat mi");
  await reload(ada.page);
  await field.waitFor();
  expect([await field.inputValue(), await ada.field.inputValue()]).toEqual(["Oat mi", "Eggs and"]);
  await ada.page.goto(new URL("/board", server.url).href);
  await bob.remove(milk.id);
  await ada.page.goto(new URL("/todo/groceries", server.url).href);
  await ada.row("Oat mi").getByRole("alert").getByText("deleted “Milk” while you were editing it.").waitFor();
  expect(await ada.field.inputValue()).toBe("Eggs and");
});

test("BOARD-2: a note and a message that were not sent are there after a reload", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  await page.goto(new URL("/board", server.url).href);
  await page.getByLabel("Note", { exact: true }).fill("half a no");
  await page.reload();
  await page.getByLabel("Note", { exact: true }).waitFor();
  expect(await page.getByLabel("Note", { exact: true }).inputValue()).toBe("half a no");
  await page.getByLabel("Note", { exact: true }).press("Enter");
  await page.getByRole("article").getByText("half a no").waitFor();
  await page.reload();
  await page.getByRole("article").getByText("half a no").waitFor();
  expect(await page.getByLabel("Note", { exact: true }).inputValue()).toBe("");
  await page.goto(new URL("/console?room=chat:lobby", server.url).href);
  await page.getByLabel("Data, JSON").fill('{"half": ');
  await page.reload();
  await page.getByLabel("Data, JSON").waitFor();
  expect(await page.getByLabel("Data, JSON").inputValue()).toBe('{"half": ');
});
