import type { Locator, Page } from "playwright-core";

/** What a browser says on its console where a server cannot be reached. */
export const GONE = /ERR_CONNECTION|WebSocket connection to|ERR_INTERNET|status of 503/;

/** The chat app in a page, in the hands of somebody. */
export class ChatPage {
  private constructor(readonly page: Page) {}

  /** Enters a room by its link, under a name that this profile keeps. */
  static async enter(page: Page, url: URL, name: string, room: string): Promise<ChatPage> {
    await page.goto(new URL(`/r/${encodeURIComponent(room)}`, url).href);
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Join" }).click();
    return ChatPage.entered(page);
  }

  static of(page: Page): ChatPage {
    return new ChatPage(page);
  }

  /** A page whose profile has a name. */
  static async entered(page: Page): Promise<ChatPage> {
    const chat = ChatPage.of(page);
    await chat.loaded();
    return chat;
  }

  async loaded(): Promise<void> {
    // The skeleton stands above the composer until the room is live.
    await this.composer.waitFor();
    await this.page.locator("[aria-busy]").first().waitFor({ state: "detached" });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: /^Message to/ });
  }

  get region(): Locator {
    return this.page.getByRole("region", { name: /^Messages in/ });
  }

  /** The messages that are drawn. */
  get rows(): Locator {
    return this.page.locator("main article");
  }

  message(text: string): Locator {
    return this.rows.filter({ has: this.page.getByText(text, { exact: true }) });
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  async sees(...texts: string[]): Promise<void> {
    for (const text of texts) await this.message(text).first().waitFor();
  }

  /** What the drawn messages say, in order. */
  texts(): Promise<string[]> {
    return this.rows.locator("p").allTextContents();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.loaded();
  }

  /** Waits until the browser holds so many publishes, which survive the page then. */
  stored(count: number): Promise<void> {
    return this.holds(`(await (${STORED})()) === ${count}`);
  }

  titled(title: string): Promise<void> {
    return this.holds(`document.title === ${JSON.stringify(title)}`);
  }

  /** Waits until an expression of the page is true. (`waitForFunction` takes a text for done, and our CSP forbids it.) */
  async holds(expression: string): Promise<void> {
    await this.page.evaluate(`(async () => {
      for (const begun = performance.now(); !(${expression}); await new Promise((resolve) => setTimeout(resolve, 20))) {
        if (performance.now() - begun > 20_000) throw new Error(${JSON.stringify(`never: ${expression}`)});
      }
    })()`);
  }

  /** Two frames on: what was measured has been drawn. */
  async drawn(): Promise<void> {
    await this.page.evaluate(
      "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
    );
  }

  /** As if the tab were behind another one. */
  async hide(isHidden: boolean): Promise<void> {
    await this.page.evaluate(`
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${isHidden ? "hidden" : "visible"}" });
      document.dispatchEvent(new Event("visibilitychange"));
    `);
  }
}

/** A function of the page, whose platform this file does not have the types of. */
const STORED = `async () => {
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    const rows = db.transaction("waiting").objectStore("waiting").count();
    await new Promise((resolve) => { rows.onsuccess = resolve; });
    db.close();
    count += rows.result;
  }
  return count;
}`;
