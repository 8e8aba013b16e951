import type { Page } from "playwright-core";

/** What may be said of a server that is not there. */
export const UNREACHABLE = /WebSocket connection to .* failed|net::ERR_INTERNET_DISCONNECTED/;

/** A tab with `page/plain.ts` in it. */
export class PlainPage {
  constructor(readonly tab: Page) {}

  static async open(tab: Page, address: string): Promise<PlainPage> {
    await tab.goto(address);
    const page = new PlainPage(tab);
    await page.shows("durable", "true");
    return page;
  }

  /** Publishes without waiting for anything. */
  async publish(texts: readonly string[]): Promise<void> {
    await this.tab.evaluate(`page.publish(...${JSON.stringify(texts)})`);
  }

  /** Waits until so many lines have come. @returns all there are. */
  async told(count: number): Promise<string[]> {
    await this.tab.waitForFunction(`document.getElementById("messages").childElementCount >= ${count}`);
    return this.lines("messages");
  }

  async shows(place: string, text: string): Promise<void> {
    await this.tab.waitForFunction(
      `document.getElementById("${place}").textContent === ${JSON.stringify(text)}`,
    );
  }

  async lines(place: string): Promise<string[]> {
    return this.tab.locator(`#${place} > li`).allTextContents();
  }
}

/** `ONE 1`, `ONE 2`, … */
export function numbered(what: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);
}
