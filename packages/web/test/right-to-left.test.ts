import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import type { Locator, Page } from "playwright-core";
import { ChatPage } from "./support/chat-page.ts";
import { openConsole } from "./support/console-page.ts";
import { TodoPage } from "./support/todo-page.ts";

const NAME = "נועה";
const ROOM = "מטבח";
const TEXT = "שלום, world!";

/** The direction in which an element lays out its text, and the side at which its lines begin. */
async function layoutOf(place: Locator): Promise<string> {
  return place.first().evaluate((element) => {
    const { direction, textAlign } = getComputedStyle(element);
    return `${direction} ${textAlign}`;
  });
}

async function expectRightToLeft(page: Page, places: Readonly<Record<string, Locator>>): Promise<void> {
  for (const [what, place] of Object.entries(places)) {
    await place.first().waitFor({ state: "attached" });
    expect([what, await layoutOf(place)]).toEqual([what, "rtl start"]);
  }
  const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(overflow).toBe(0);
}

test("CHAT-4 NAME-1: the chat lays out right-to-left names, rooms and messages from right to left", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  const noa = await ChatPage.enter(page, server.url, NAME, ROOM);
  await noa.composer.fill(TEXT);
  await expectRightToLeft(page, { composer: noa.composer });
  await noa.composer.press("Enter");
  for (const text of [`- ${TEXT}`, `> ${TEXT}`]) {
    await noa.composer.fill(text);
    await noa.composer.press("Enter");
  }
  await expectRightToLeft(page, {
    message: page.getByRole("article").getByText(TEXT, { exact: true }),
    list: page.getByRole("article").getByRole("list"),
    quote: page.getByRole("article").locator("blockquote"),
    sender: page.getByRole("article").getByText(NAME, { exact: true }),
    member: page.getByRole("list", { name: "Members" }).getByText(NAME, { exact: true }),
    room: page.getByRole("navigation", { name: "Rooms" }).getByText(ROOM, { exact: true }),
  });
  // What is written from left to right stays so beside it.
  await noa.composer.fill("hello");
  expect(await layoutOf(noa.composer)).toBe("ltr start");
  await noa.composer.press("Enter");
  expect(await layoutOf(page.getByRole("article").getByText("hello", { exact: true }))).toBe("ltr start");
});

test("BOARD-2 TODO-1: the board, to-dos and the console lay out right-to-left text from right to left", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  await page.goto(new URL("/board", server.url).href);
  await page.getByLabel("Your name").fill(NAME);
  const note = page.getByLabel("Note", { exact: true });
  await note.fill(TEXT);
  await expectRightToLeft(page, { field: note, name: page.getByLabel("Your name") });
  await note.press("Enter");
  await expectRightToLeft(page, {
    note: page.getByRole("article").getByText(TEXT, { exact: true }),
    sender: page.getByRole("article").getByText(NAME, { exact: true }),
  });

  const noa = await TodoPage.open(browser, server.url, ROOM, NAME);
  await noa.field.fill(TEXT);
  await expectRightToLeft(noa.page, { field: noa.field });
  await noa.field.press("Enter");
  await expectRightToLeft(noa.page, {
    todo: noa.row(TEXT).getByText(TEXT, { exact: true }),
    list: noa.page.getByRole("navigation", { name: "Lists" }).getByText(ROOM, { exact: true }),
    heading: noa.page.getByRole("heading", { name: ROOM }).locator("bdi"),
  });

  const log = await openConsole(await browser.page(), server.url, `chat:${ROOM}`);
  await log.getByRole("textbox", { name: /^Data/ }).fill(TEXT);
  await expectRightToLeft(log, { data: log.getByRole("textbox", { name: /^Data/ }) });
});
