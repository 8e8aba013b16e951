import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import type { Page } from "playwright-core";
import { watchForXss, XSS_PAYLOADS } from "./support/xss-payloads.ts";

/** A browser says on its console that a server cannot be reached, and which answers were errors. */
const REFUSED = /ERR_CONNECTION|WebSocket connection to|status of 4/;

interface Query {
  readonly topic?: string;
  readonly history?: string;
  readonly after?: string;
}

async function ask(page: Page, { topic = "", history = "", after = "" }: Query = {}): Promise<void> {
  await page.getByLabel("Topic").fill(topic);
  await page.getByLabel("History").fill(history);
  await page.getByLabel("After").fill(after);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
}

async function connect(page: Page, query: Query = {}): Promise<void> {
  await ask(page, query);
  await page.getByText("Connected to").waitFor();
}

async function send(page: Page, content: string, email = "ada@example.com"): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Content").fill(content);
  await page.getByRole("button", { name: "Send" }).click();
  await shown(page, content).waitFor();
}

const shown = (page: Page, content: string) => page.locator("li span").getByText(content, { exact: true });
const messages = (page: Page) => page.locator("li span").allTextContents();

test("FEED-1 FEED-3 FEED-5: topics, history, what comes after an offset, and patterns", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const address = new URL("/feed/test", server.url).href;
  const [ada, bob, listener] = [await browser.page(), await browser.page(), await browser.page()];
  for (const page of [ada, bob, listener]) await page.goto(address);
  await connect(ada, { topic: "orders.eu" });
  await connect(listener, { topic: "orders.*" });
  for (const content of ["one", "two", "three"]) await send(ada, content);
  await connect(bob, { topic: "orders.eu", history: "2" });
  await shown(bob, "three").waitFor();
  expect(await messages(bob)).toEqual(["three", "two"]);
  await bob.getByRole("button", { name: "Disconnect" }).click();
  await bob.getByText("Closed").waitFor();
  await bob.getByRole("button", { name: "Clear" }).click();
  await connect(bob, { topic: "orders.eu", after: "1" });
  await send(bob, "four", "bob@example.com");
  expect(await messages(bob)).toEqual(["four", "three", "two"]);
  await shown(listener, "four").waitFor();
  expect(await messages(listener)).toEqual(["four", "three", "two", "one"]);
  expect(await listener.locator("li b").allTextContents()).toContain("bob@example.com");
});

test("FEED-3 PLAIN-1: the page says why the server refused, or closed the connection, or is gone", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page({ expected: REFUSED });
  await page.goto(new URL("/feed/test", server.url).href);
  await ask(page, { history: "2000" });
  await page.getByText("Refused: history must be a number from 0 to 1000").waitFor();
  await ask(page, { topic: "orders.*", after: "1" });
  await page.getByText("Refused: a pattern is live only").waitFor();
  await connect(page, { topic: "orders.*" });
  await page.getByLabel("Content").fill("nobody hears this");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText(/Closed: .*listen/i).waitFor();
  await server.kill();
  await ask(page);
  await page.getByText("the server does not answer").waitFor();
});

test("FEED-1: whatever is sent is text, and nothing of it runs", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  const executed = await watchForXss(page);
  await page.goto(new URL("/feed/test", server.url).href);
  await connect(page, { topic: "<img src=x onerror=alert(1)>" });
  for (const text of XSS_PAYLOADS) await send(page, text, text);
  expect(await messages(page)).toEqual([...XSS_PAYLOADS].reverse());
  expect(await page.locator("li b").allTextContents()).toEqual([...XSS_PAYLOADS].reverse());
  expect(await executed()).toEqual([]);
});
