import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { onEveryDatabase } from "@fanfare/testing/databases";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { TodoClient } from "@fanfare/testing/todo-client";
import type { DatabaseAddress } from "@fanfare/todo";
import type { Route } from "playwright-core";
import { expectSoon } from "./support/expect-soon.ts";
import { REFUSED, TodoPage } from "./support/todo-page.ts";
import { watchForXss, XSS_PAYLOADS } from "./support/xss-payloads.ts";

/** Names that an address has trouble with. */
const ODD = ["..", "a/b?c#d%2F", "ä ö"];

const flagsOf = (database: DatabaseAddress) =>
  database.kind === "postgres" ? ["--todo-database", database.url] : [];

onEveryDatabase((fresh) => {
  test("TODO-2: what one does is on every page at once, stands out there, and is told with who did it; on one's own page it is not", async () => {
    using data = scratchDirectory();
    await using server = await ServerProcess.start(data.path, ...flagsOf(await fresh()));
    await using browser = await openBrowser();
    const ada = await TodoPage.open(browser, server.url, "groceries", "ada");
    const bob = await TodoPage.open(browser, server.url, "groceries", "bob");
    await ada.page.getByText("Nothing to do yet").waitFor();
    await bob.page.getByText("Nothing to do yet").waitFor();

    const seen = (title: string, toast: string) =>
      Promise.all([bob.news(title).waitFor(), bob.toast(toast).waitFor()]);
    let told = seen("Milk", "ada added “Milk”");
    await ada.add("Milk");
    await told;
    told = seen("Oat milk", "ada renamed “Milk” to “Oat milk”");
    await ada.rename("Milk", "Oat milk");
    await told;
    told = seen("Oat milk", "ada completed “Oat milk”");
    await ada.complete("Oat milk");
    await told;
    await bob.checked("Oat milk");
    await bob.page.getByRole("button", { name: "Done 1" }).waitFor();

    await bob.add("Bread");
    await ada.box("Bread").waitFor();
    expect(await ada.titles()).toEqual(["Oat milk", "Bread"]);
    const list = bob.page.getByRole("complementary", { name: "Lists" }).getByRole("link");
    expect(await list.allTextContents()).toEqual(["groceries1 open"]);

    await ada.row("Oat milk").getByRole("button", { name: "Delete" }).click();
    const undo = ada.page.getByRole("button", { name: "Undo" });
    await undo.hover(); // so that it stays, however long it takes
    await bob.toast("ada deleted “Oat milk”").waitFor();
    await bob.box("Oat milk").waitFor({ state: "detached" });
    await undo.click();
    await bob.checked("Oat milk");
    await bob.toast("ada brought back “Oat milk”").waitFor();
    expect(await bob.titles()).toEqual(["Oat milk", "Bread"]);
    await bob.complete("Bread");
    await ada.toast("bob completed “Bread”").waitFor();
    expect(await ada.toast(/^ada /).count()).toBe(0);
    expect(await bob.toast(/^bob /).count()).toBe(0);
  });

  test("TODO-3: of two who rename at once one wins; the other sees whose it is, and can apply hers to it", async () => {
    using data = scratchDirectory();
    await using server = await ServerProcess.start(data.path, ...flagsOf(await fresh()));
    await using browser = await openBrowser();
    const bob = new TodoClient(server.url, "bob");
    const { id } = await bob.create("groceries", "Milk");
    const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected: REFUSED });
    await ada.row("Milk").getByText("Milk").dblclick();
    const field = ada.page.getByRole("textbox", { name: "Rename Milk" });
    await field.fill("Soy milk");
    await bob.patch(id, { title: "Oat milk" });
    await ada.toast("bob renamed “Milk” to “Oat milk”").waitFor();
    await ada.page.keyboard.press("Enter");
    const note = ada.row("Oat milk").getByRole("alert");
    await note.getByText("bob changed this while you were editing").waitFor();
    expect(await note.textContent()).toContain("Theirs: “Oat milk” (open). Yours: “Soy milk”.");
    expect((await bob.get(id)).title).toBe("Oat milk");
    await note.getByRole("button", { name: "Apply mine" }).click();
    await ada.box("Soy milk").waitFor();
    await ada.row("Soy milk").getByRole("alert").waitFor({ state: "detached" });
    await ada.complete("Soy milk");
    await ada.page.getByRole("button", { name: "Done 1" }).waitFor();
    const known = async () => {
      const { title, completed, version } = await bob.get(id);
      return { title, completed, version };
    };
    await expectSoon(known, { title: "Soy milk", completed: true, version: 4 });

    // Before the page has heard of it: the answer is the first to say so.
    const first = async (route: Route) => {
      await bob.patch(id, { title: "Goat milk" });
      await route.continue();
    };
    await ada.page.route("**/api/todos/*-*", first, { times: 1 });
    await ada.row("Soy milk").getByRole("button", { name: "Delete" }).click();
    const again = ada.row("Goat milk").getByRole("alert");
    await again.getByText("It was not deleted.").waitFor();
    await again.getByRole("button", { name: "Keep it" }).click();
    await again.waitFor({ state: "detached" });
    expect((await bob.get(id)).title).toBe("Goat milk");
  });
});

const titlesOf = async (client: TodoClient, list: string) =>
  (await client.all(`list=${list}`)).map(({ title }) => title);

test("TODO-5: what will not do is said beside the field, before it is sent and by the server", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada", { expected: REFUSED });
  await ada.field.press("Enter");
  await ada.page.getByText("Enter a to-do.").waitFor();
  await ada.field.fill("🎺".repeat(501));
  await ada.page.getByText("1 too many").waitFor();
  await ada.field.press("Enter");
  await ada.page.getByText("A to-do has at most 500 characters.").waitFor();
  expect(await ada.field.getAttribute("aria-invalid")).toBe("true");
  await ada.add("🎺".repeat(500));
  await ada.add("Milk");
  const client = new TodoClient(server.url);
  await expectSoon(() => titlesOf(client, "groceries"), ["🎺".repeat(500), "Milk"]);

  await ada.row("Milk").getByText("Milk").dblclick();
  const field = ada.page.getByRole("textbox", { name: "Rename Milk" });
  await field.fill("   ");
  await field.press("Enter");
  await ada.row("Milk").or(ada.page.locator("main li")).getByText("Enter a to-do.").waitFor();
  await field.press("Escape");
  await ada.box("Milk").waitFor();

  // A server that takes less than the page knows.
  const refuse = (method: string) =>
    ada.page.route("**/api/todos*", (route) =>
      route.request().method() === method
        ? route.fulfill({
            status: 422,
            contentType: "application/problem+json",
            body: JSON.stringify({
              code: "invalid",
              errors: [{ field: "title", message: "No bread here." }],
            }),
          })
        : route.continue(),
    );
  await refuse("POST");
  await ada.field.fill("Bread");
  await ada.field.press("Enter");
  await ada.page.getByText("No bread here.").waitFor();
  const retyped = ada.page.getByRole("textbox", { name: "Rename Bread" });
  expect(await retyped.getAttribute("aria-invalid")).toBe("true");
  expect(await retyped.inputValue()).toBe("Bread");
  await ada.page.unroute("**/api/todos*");
  await retyped.fill("Cake");
  const made = ada.page.waitForResponse((answer) => answer.request().method() === "POST");
  await retyped.press("Enter");
  await ada.box("Cake").waitFor();
  expect((await made).status()).toBe(201);
  expect(await titlesOf(client, "groceries")).toEqual(["🎺".repeat(500), "Milk", "Cake"]);
});

test("TODO-1: by keyboard alone: lists, adding, moving, completing, renaming, deleting", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const todo = await TodoPage.open(browser, server.url, "one", "ada");
  const { page } = todo;
  const { keyboard } = page;
  const focused = () => page.locator(":focus").getAttribute("aria-label");
  await page.getByLabel("New list").focus();
  await keyboard.type("two");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "two" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/todo/two");
  await page.getByText("Nothing to do yet").waitFor();
  await page.keyboard.press("Tab");
  await keyboard.press("n");
  for (const title of ["a", "b", "c"]) {
    await keyboard.type(title);
    await keyboard.press("Enter");
  }
  await todo.box("c").waitFor();
  await keyboard.press("ArrowDown");
  await page.locator(":focus[role=checkbox]").waitFor();
  expect(await focused()).toBe("a");
  await keyboard.press("ArrowDown");
  expect(await focused()).toBe("b");
  await keyboard.press("Space");
  await todo.checked("b");
  expect(await focused()).toBe("b");
  await keyboard.press("Enter");
  await keyboard.type("B");
  await keyboard.press("Enter");
  await todo.box("B").waitFor();
  expect(await focused()).toBe("B");
  await keyboard.press("F2");
  await keyboard.type("nonsense");
  await keyboard.press("Escape");
  await page.locator(":focus[role=checkbox]").waitFor();
  expect(await focused()).toBe("B");
  await keyboard.press("Delete");
  await todo.box("B").waitFor({ state: "detached" });
  expect(await focused()).toBe("c");
  await keyboard.press("Delete");
  await todo.box("c").waitFor({ state: "detached" });
  expect(await focused()).toBe("a");
  await keyboard.press("/");
  await keyboard.type("d");
  await keyboard.press("Enter");
  await todo.box("d").waitFor();
  expect(await todo.titles()).toEqual(["a", "d"]);
  await keyboard.press("Escape");
  await keyboard.press("End");
  await page.locator(":focus[aria-label=d]").waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "one" }).waitFor();
});

test("TODO-4: what is typed quickly keeps its order, however long the first takes", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada");
  const typed = Promise.withResolvers<void>();
  const first = async (route: Route) => {
    await typed.promise;
    await route.continue();
  };
  await ada.page.route("**/api/todos", first, { times: 1 });
  const titles = ["a", "b", "c", "d"];
  for (const title of titles) await ada.add(title);
  await ada.complete("b"); // before the server knows of it
  typed.resolve();
  const bob = await TodoPage.open(browser, server.url, "groceries", "bob");
  await bob.page.getByRole("button", { name: "All 4" }).waitFor();
  await bob.checked("b");
  expect(await bob.titles()).toEqual(titles);
  expect(await ada.titles()).toEqual(titles);
});

test("TODO-2: filters show what is open or done, as it changes", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const ada = await TodoPage.open(browser, server.url, "groceries", "ada");
  for (const title of ["a", "b", "c"]) await ada.add(title);
  await ada.complete("b");
  await ada.page.getByRole("button", { name: "Open 2" }).click();
  await ada.box("b").waitFor({ state: "detached" });
  expect(await ada.titles()).toEqual(["a", "c"]);
  await ada.box("a").click();
  await ada.box("a").waitFor({ state: "detached" });
  await ada.box("c").click();
  await ada.page.getByText("All done", { exact: true }).waitFor();
  await ada.page.getByRole("button", { name: "Done 3" }).click();
  expect(await ada.titles()).toEqual(["a", "b", "c"]);
  await ada.field.fill("d");
  await ada.field.press("Enter");
  await ada.box("d").waitFor(); // so it is all that is shown again
  await ada.page.getByRole("button", { name: "All 4", pressed: true }).waitFor();
});

test("TODO-5: whatever stands in titles, names and lists is text, and nothing of it runs", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const page = await browser.page();
  const executed = await watchForXss(page);
  const eve = new TodoClient(server.url, XSS_PAYLOADS[0]);
  for (const text of XSS_PAYLOADS) await eve.create(text, text);
  for (const list of ODD) await eve.create(list, "here");
  const shows = async (list: string) => {
    await page.getByRole("heading", { level: 1, name: list, exact: true }).waitFor();
    await page
      .getByRole("checkbox", { name: XSS_PAYLOADS.some((text) => text === list) ? list : "here" })
      .waitFor();
  };
  await page.goto(new URL("/todo", server.url).href);
  for (const list of [...XSS_PAYLOADS, ...ODD]) {
    await page.getByRole("link").getByText(list, { exact: true }).click();
    await shows(list);
  }
  for (const list of ODD) {
    await page.getByRole("link").getByText(list, { exact: true }).click();
    await page.reload();
    await shows(list);
  }
  await page.goto(new URL(`/todo/${encodeURIComponent(XSS_PAYLOADS[0])}`, server.url).href);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("checkbox").waitFor();
  for (const text of XSS_PAYLOADS) await eve.create(XSS_PAYLOADS[0], `${text} again`);
  await page
    .getByRole("region", { name: /^Notifications/ })
    .getByText(/made \d changes|added/)
    .first()
    .waitFor();
  for (const text of XSS_PAYLOADS)
    await page.getByRole("checkbox", { name: `${text} again`, exact: true }).waitFor();
  await page.goto(new URL("/todo/a*", server.url).href);
  await page.getByText("No such list").waitFor();
  expect(await executed()).toEqual([]);
});

test("TODO-4: of 2,000 to-dos all can be reached, and only what is in sight is drawn", async () => {
  using data = scratchDirectory();
  await using server = await ServerProcess.start(data.path, "--engine", "memory");
  await using browser = await openBrowser();
  const bob = new TodoClient(server.url, "bob");
  const count = 2_000;
  await bob.create("long", "to-do 1");
  for (let from = 2; from <= count; from += 20) {
    const titles = Array.from({ length: Math.min(20, count - from + 1) }, (_, i) => `to-do ${from + i}`);
    await Promise.all(titles.map((title) => bob.create("long", title)));
  }
  const ada = await TodoPage.open(browser, server.url, "long", "ada");
  await ada.page.getByRole("button", { name: "All 2,000" }).waitFor();
  expect(await ada.page.getByRole("checkbox").count()).toBeLessThan(60);
  expect(await ada.page.locator("main li[data-key]").first().getAttribute("aria-setsize")).toBe(`${count}`);
  await ada.box("to-do 1").focus();
  await ada.page.keyboard.press("End");
  await ada.page.locator(`main li[aria-posinset="${count}"] :focus`).waitFor();
  await ada.page.keyboard.press("Space");
  await ada.page.getByRole("button", { name: "Done 1" }).waitFor();
  await ada.add("one more");
  await ada.page.locator(`main li[aria-posinset="${count + 1}"]`).waitFor();
  expect(await ada.page.getByRole("checkbox").count()).toBeLessThan(60);
});
