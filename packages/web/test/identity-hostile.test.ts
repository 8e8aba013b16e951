import { afterAll, beforeAll, expect, test } from "bun:test";
import { Fanfare } from "@fanfare/client";
import { type Browser, openBrowser } from "@fanfare/testing/browser";
import { TodoClient } from "@fanfare/testing/todo-client";
import type { Page } from "playwright-core";
import { ChatPage } from "./support/chat-page.ts";
import { LoginServer, REFUSED } from "./support/login.ts";
import { TodoPage } from "./support/todo-page.ts";
import { watchForXss, XSS_PAYLOADS } from "./support/xss-payloads.ts";

const [SCRIPT, IMAGE] = XSS_PAYLOADS;

let server: LoginServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([LoginServer.start(), openBrowser()]);
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** A page of a user whose very name is hostile, and what has run in it. */
async function victim(path: string): Promise<{ page: Page; ran: () => Promise<readonly string[]> }> {
  const page = await browser.page({ expected: REFUSED });
  await server.signIn(page.context(), SCRIPT);
  const ran = await watchForXss(page);
  await page.goto(new URL(path, server.url).href);
  return { page, ran };
}

/** Says all of it in a room, under each of the names. */
async function attack(room: string, type: string, dataOf: (text: string) => object): Promise<void> {
  for (const [index, user] of XSS_PAYLOADS.entries()) {
    const token = await server.token(user);
    await using client = new Fanfare(server.url, { token });
    await client
      .room(room)
      .publish(type, dataOf(XSS_PAYLOADS[(index + 1) % XSS_PAYLOADS.length] ?? user) as never);
  }
}

test.concurrent("AUTH-3 CHAT-4: in the chat, names of users, rooms and texts run nothing", async () => {
  const { page, ran } = await victim(`/r/${encodeURIComponent(IMAGE)}`);
  const chat = await ChatPage.entered(page);
  await attack(`chat:${IMAGE}`, "chat", (text) => ({ text }));
  for (const text of XSS_PAYLOADS)
    await page.locator("main article").filter({ hasText: text }).first().waitFor();
  await chat.say(SCRIPT);
  await page.getByRole("complementary", { name: "Rooms" }).getByText(SCRIPT, { exact: true }).waitFor();
  expect(await page.title()).toContain(IMAGE);
  expect(await ran()).toEqual([]);
  // What a page says of one who is not in any more names that user as well.
  await page.context().clearCookies();
  await page.reload();
  await page.getByText(`no longer signed in as ${SCRIPT}.`).waitFor();
  expect(await ran()).toEqual([]);
});

test.concurrent("AUTH-3 ERR-2: in the console, names of users and rooms, types' data and refusals run nothing", async () => {
  const { page, ran } = await victim(`/console?room=${encodeURIComponent(IMAGE)}`);
  await page.getByText(/^Online as/).waitFor();
  await attack(IMAGE, "x", (text) => ({ [text]: text }));
  const rows = page.locator("main li button[aria-expanded]");
  await rows.nth(XSS_PAYLOADS.length - 1).waitFor();
  for (const row of await rows.all()) await row.click();
  await server.signIn(page.context(), SCRIPT, { rooms: {} });
  await page.reload();
  await page.getByText(`You lack the permission join in ${IMAGE}.`).first().waitFor();
  expect(await ran()).toEqual([]);
});

test.concurrent("AUTH-3 TODO-5: in the to-do page, names of users and lists, titles and refusals run nothing", async () => {
  const { page, ran } = await victim(`/todo/${encodeURIComponent(IMAGE)}`);
  const todo = TodoPage.of(page);
  await todo.live();
  const client = new TodoClient(server.url);
  for (const user of XSS_PAYLOADS) {
    const authorization = `Bearer ${await server.token(user)}`;
    await client.create(IMAGE, user, { authorization });
    if (user !== IMAGE) await client.create(user, user, { authorization });
  }
  for (const text of XSS_PAYLOADS) await todo.box(text).waitFor();
  // A toast is for what others did while the page was live, and goes by itself.
  const toast = todo.toast(/ (added|made) /).first();
  const authorization = `Bearer ${await server.token(IMAGE)}`;
  for (let i = 0; !(await toast.isVisible()); i++) {
    await client.create(IMAGE, `${SCRIPT} ${i}`, { authorization });
    await todo.box(`${SCRIPT} ${i}`).waitFor();
  }
  expect(await ran()).toEqual([]);
  await server.signIn(page.context(), SCRIPT, { rooms: {} });
  await page.reload();
  await page.getByText(`You lack the permission history in todo:${IMAGE}.`).first().waitFor();
  expect(await ran()).toEqual([]);
});

test.concurrent("BOARD-2: on the board, notes and who wrote them run nothing", async () => {
  const { page, ran } = await victim("/board");
  await page.getByText("Connected", { exact: true }).waitFor();
  await attack("board:main", "board", (text) => ({ message: text, from: text, [text]: text }));
  for (const text of XSS_PAYLOADS) await page.locator("main li").filter({ hasText: text }).first().waitFor();
  expect(await ran()).toEqual([]);
});

test.concurrent("FEED-1: on the page that tests the feed, topics and contents run nothing", async () => {
  const { page, ran } = await victim("/feed/test");
  await page.getByLabel("Topic").fill(IMAGE);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("Connected to").waitFor();
  for (const text of XSS_PAYLOADS) {
    await page.getByLabel("Content").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("li").filter({ hasText: text }).first().waitFor();
  }
  expect(await ran()).toEqual([]);
});
