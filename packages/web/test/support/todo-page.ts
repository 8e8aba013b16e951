import type { Browser, PageOptions } from "@fanfare/testing/browser";
import type { Locator, Page } from "playwright-core";

/** What a browser says on its console of a server that is gone, and of an answer that is a refusal. */
export const GONE = /ERR_CONNECTION|ERR_SOCKET|WebSocket connection to|status of 503/;
export const REFUSED = /status of 4(04|12|22)/;

/** The to-do page, as somebody has it open. */
export class TodoPage {
  private constructor(readonly page: Page) {}

  /** @param user the name that was picked, by whatever page */
  static async open(
    browser: Browser,
    url: URL,
    list: string,
    user?: string,
    options: PageOptions = {},
  ): Promise<TodoPage> {
    const page = await browser.page(options);
    if (user !== undefined)
      await page.addInitScript((name) => localStorage.setItem("fanfare.chat.name", name), user);
    await page.goto(new URL(`/todo/${encodeURIComponent(list)}`, url).href);
    const todo = new TodoPage(page);
    await todo.live();
    await page.locator("main [aria-busy]").waitFor({ state: "detached" });
    return todo;
  }

  static of(page: Page): TodoPage {
    return new TodoPage(page);
  }

  async live(): Promise<void> {
    await this.page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
  }

  get field(): Locator {
    return this.page.getByLabel("New to-do", { exact: true });
  }

  box(title: string): Locator {
    return this.page.getByRole("checkbox", { name: title, exact: true });
  }

  row(title: string): Locator {
    return this.page.locator("main li").filter({ has: this.box(title) });
  }

  /** Rows that stand out, since somebody else has just changed them. */
  news(title: string): Locator {
    return this.page.locator("main li[data-highlighted]").filter({ has: this.box(title) });
  }

  toast(text: string | RegExp): Locator {
    return this.page.getByRole("region", { name: /^Notifications/ }).getByText(text, { exact: true });
  }

  /** In order; those that are drawn. */
  async titles(): Promise<(string | null)[]> {
    const boxes = await this.page.getByRole("checkbox").all();
    return Promise.all(boxes.map((box) => box.getAttribute("aria-label")));
  }

  async add(title: string): Promise<void> {
    await this.field.fill(title);
    await this.field.press("Enter");
    await this.box(title).waitFor();
  }

  async rename(title: string, next: string): Promise<void> {
    await this.row(title).getByText(title, { exact: true }).dblclick();
    await this.page
      .getByLabel(`Rename ${title}`, { exact: true })
      .and(this.page.getByRole("textbox"))
      .fill(next);
    await this.page.keyboard.press("Enter");
  }

  async complete(title: string): Promise<void> {
    await this.box(title).click();
    await this.checked(title);
  }

  checked(title: string, state = true): Promise<void> {
    return this.page.getByRole("checkbox", { name: title, exact: true, checked: state }).waitFor();
  }

  /** Whatever had no answer has one by now. What is on its way for the first time does not show. */
  saved(): Promise<void> {
    return this.page.getByText("Not saved yet").first().waitFor({ state: "detached" });
  }
}
