import type { Page } from "playwright-core";

/** A browser says on its console that a server cannot be reached. */
export const GONE = /ERR_CONNECTION|WebSocket connection to|status of 503/;

export async function openConsole(page: Page, url: URL, ...rooms: readonly string[]): Promise<Page> {
  const address = new URL("/console", url);
  for (const room of rooms) address.searchParams.append("room", room);
  await page.goto(address.href);
  await page.getByText("Online").waitFor();
  if (rooms.length > 0) {
    await page
      .locator("aside li")
      .nth(rooms.length - 1)
      .waitFor({ state: "attached" });
    await page.locator("aside li").filter({ hasText: "Joining…" }).first().waitFor({ state: "detached" });
  }
  return page;
}

interface Publish {
  readonly room: string;
  readonly type: string;
  readonly data: string;
  readonly as?: "JSON" | "Text";
}

/** Fills in the form, and publishes by keyboard. */
export async function publish(page: Page, { room, type, data, as = "JSON" }: Publish): Promise<void> {
  await page.getByRole("button", { name: as, exact: true }).click();
  await page.getByLabel("Room to publish to").fill(room);
  await page.getByLabel("Type", { exact: true }).fill(type);
  const field = page.getByLabel(as === "JSON" ? "Data, JSON" : "Data, text");
  await field.fill(data);
  await field.press("Control+Enter");
}

/** Waits until so many messages and events are drawn. */
export async function lines(page: Page, count: number): Promise<void> {
  await page
    .locator("main li button[aria-expanded]")
    .nth(count - 1)
    .waitFor();
  await page.locator("main li button[aria-expanded]").nth(count).waitFor({ state: "detached" });
}

/** What is drawn of the log, without its notes: room, offset, type. */
export async function offsets(page: Page): Promise<readonly string[]> {
  const cells = page.locator(
    "main li button[aria-expanded] > :is(:nth-child(3), :nth-child(4), :nth-child(5))",
  );
  const texts = await cells.allTextContents();
  return Array.from({ length: texts.length / 3 }, (_, i) => texts.slice(i * 3, i * 3 + 3).join(" "));
}
