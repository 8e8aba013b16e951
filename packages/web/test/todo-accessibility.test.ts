import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Browser, openBrowser } from "../../client/test/support/browser.ts";
import { scratchDirectory } from "../../server/test/support/scratch-directory.ts";
import { ServerProcess } from "../../server/test/support/server-process.ts";
import { TodoClient } from "../../todo/test/support/todo-client.ts";
import { violations } from "./support/accessibility.ts";
import { GONE, REFUSED, TodoPage } from "./support/todo-page.ts";

setDefaultTimeout(120_000);

const expected = new RegExp(`${GONE.source}|${REFUSED.source}`);

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser[Symbol.asyncDispose]());

for (const dark of [false, true]) {
  for (const phone of [false, true]) {
    describe(`WCAG AA in ${dark ? "dark" : "light"}, on a ${phone ? "phone" : "desktop"}`, () => {
      test("the to-do page: no list, an empty one, a busy one, a conflict, offline", async () => {
        using data = scratchDirectory();
        await using server = await ServerProcess.start(data.path, "--engine", "memory");
        const bob = new TodoClient(server.url, "bob");
        for (let n = 0; n < 20; n++) await bob.create("groceries", `to-do ${n}`);
        const { id } = await bob.create("groceries", "Milk");
        const done = await bob.create("another list with a name that is longer than there is room", "Bread");
        await bob.patch(done.id, { completed: true });
        const todo = await TodoPage.open(browser, server.url, "groceries", "ada", { dark, phone, expected });
        const { page } = todo;
        const isFine = async () => {
          expect(await violations(page)).toEqual([]);
          const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
          expect(overflow).toBeLessThanOrEqual(0);
        };
        await todo.box("to-do 1").click();
        await todo.box("to-do 2").focus();
        await page.keyboard.press("End");
        await todo.row("Milk").getByText("Milk").dblclick();
        await page.getByRole("textbox", { name: "Rename Milk" }).fill("x".repeat(501));
        await todo.field.press("Enter");
        await page.getByText("Type what there is to do.").waitFor();
        await isFine();

        await page.getByRole("textbox", { name: "Rename Milk" }).fill("Soy milk");
        await bob.patch(id, { title: "Oat milk", completed: true });
        await todo.toast("bob completed “Oat milk”").waitFor();
        await page.getByRole("textbox", { name: /^Rename / }).press("Enter");
        await todo.row("Oat milk").getByRole("alert").waitFor();
        await server.end("SIGKILL");
        await page.getByText("You are offline.").waitFor();
        await todo.complete("to-do 18");
        await todo.row("to-do 18").getByText("Not saved yet").waitFor({ state: "attached" });
        await isFine();
        await page.context().close();
      });

      test("the to-do page without a list, and with an empty one", async () => {
        using data = scratchDirectory();
        await using server = await ServerProcess.start(data.path, "--engine", "memory");
        const page = await browser.page({ dark, phone });
        await page.goto(new URL("/todo", server.url).href);
        await page.getByText("No lists yet").waitFor();
        expect(await violations(page)).toEqual([]);
        await page.goto(new URL("/todo/groceries", server.url).href);
        await page.getByText("Nothing to do yet").waitFor();
        await page.getByRole("button", { name: "Add your name" }).click();
        await page.getByRole("dialog").getByLabel("Name").waitFor();
        await page.getByRole("button", { name: "Save name" }).click();
        await page.getByText("Type the name that others see.").waitFor();
        expect(await violations(page)).toEqual([]);
        await page.getByRole("dialog").getByLabel("Name").fill("Ada");
        await page.getByRole("button", { name: "Save name" }).click();
        await page.getByRole("button", { name: "Ada: change your name" }).waitFor();
        await page.context().close();
      });
    });
  }
}
