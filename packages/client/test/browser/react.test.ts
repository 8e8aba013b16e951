import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import type { Page } from "playwright-core";
import { numbered, UNREACHABLE } from "./plain-page.ts";
import { openSite } from "./site.ts";

const ROOM = "chat:page";

test("components in any number, strictly mounted, are one join; the last to go leaves", async () => {
  await using place = await open();
  const page = await place.browser.page();
  const sent = joins(page);
  await page.goto(place.address("ada"));
  await people(page, "ada");
  expect(sent()).toEqual(["join"]);
  await page.evaluate(`page.show(false)`);
  await page.waitForFunction(`document.getElementById("items") === null`);
  await page.evaluate(`page.show(true)`);
  await people(page, "ada");
  expect(sent()).toEqual(["join", "leave", "join"]);
});

test("a room that was joined by hand before its components stays joined when they are gone", async () => {
  await using place = await open();
  const page = await place.browser.page();
  const sent = joins(page);
  await page.goto(place.address("ada"));
  await people(page, "ada");
  await page.evaluate(`page.show(false)`);
  await page.waitForFunction(`document.getElementById("items") === null`);
  await page.evaluate(`page.joinByHand()`);
  await page.evaluate(`page.show(true)`);
  await people(page, "ada");
  await page.evaluate(`page.show(false)`);
  await page.waitForFunction(`document.getElementById("items") === null`);
  await page.evaluate(`page.joinByHand()`);
  expect(sent()).toEqual(["join", "leave", "join"]);
});

test("a burst of messages is seen by every component at once, and everything is told once", async () => {
  await using place = await open();
  const page = await place.browser.page();
  await page.goto(place.address("ada"));
  await people(page, "ada");
  await page.evaluate(WATCH_COUNTS);
  const bob = await NativeClient.connect(place.server.url, "bob");
  for (const batch of Array.from({ length: 10 }, (_, i) => i)) {
    await page.evaluate(`page.transition()`);
    await Promise.all(numbered(`${batch}`, 20).map((text) => bob.publish(ROOM, "chat", { text })));
  }
  await page.waitForFunction(`document.getElementById("two").textContent === "200"`);
  expect(await page.evaluate(`torn`)).toEqual([]);
  expect(await items(page)).toEqual((await bob.log(ROOM)).map(textOf));
  await bob.close();
});

test("HIST-1: pages backwards to the first message, each message once", async () => {
  await using place = await open();
  const bob = await NativeClient.connect(place.server.url, "bob");
  await Promise.all(numbered("text", 230).map((text) => bob.publish(ROOM, "chat", { text })));
  const page = await place.browser.page();
  await page.goto(place.address("ada"));
  await page.waitForFunction(`document.getElementById("items")?.childElementCount === 20`);
  for (let shown = 20; shown < 230; shown = (await items(page)).length) {
    await page.locator("#more:enabled").click();
    await page.waitForFunction(`document.getElementById("items").childElementCount > ${shown}`);
  }
  await page.locator("#more:disabled").waitFor();
  expect(await items(page)).toEqual(numbered("text", 230));
  await bob.close();
});

test("an own message stands there at once, once, and stays the same element when the server has it", async () => {
  await using place = await open();
  const page = await place.browser.page({ expected: UNREACHABLE });
  await page.goto(place.address("ada"));
  await people(page, "ada");
  await page.evaluate(WATCH_LINES);
  for (const text of numbered("online", 20)) await publish(page, text);
  await page.waitForFunction(`document.querySelectorAll("[data-kind=message]").length === 20`);

  await place.server.end("SIGKILL");
  await page.waitForFunction(`document.getElementById("status").textContent === "offline"`);
  for (const text of numbered("offline", 5)) await publish(page, text);
  await page.waitForFunction(`document.querySelectorAll("[data-kind=outgoing]").length === 5`);
  expect((await items(page)).slice(20)).toEqual(numbered("offline", 5));
  await using _again = await place.restart();
  await page.waitForFunction(`document.querySelectorAll("[data-kind=message]").length === 25`);

  expect(await items(page)).toEqual([...numbered("online", 20), ...numbered("offline", 5)]);
  expect(await page.evaluate(`troubles`)).toEqual([]);
});

test("PRES-1 EVENT-3: who is there and who types is seen, and typing ends with the message", async () => {
  await using place = await open();
  const [ada, bob] = [await place.browser.page(), await place.browser.page()];
  await ada.goto(place.address("ada"));
  await people(ada, "ada");
  await bob.goto(place.address("bob"));
  await Promise.all([people(ada, "ada,bob"), people(bob, "ada,bob")]);
  await bob.locator("#text").pressSequentially("hello");
  await ada.waitForFunction(`document.getElementById("typing").textContent === "bob"`);
  await bob.locator("#text").press("Enter");
  await ada.waitForFunction(`document.getElementById("typing").textContent === ""`);
  await ada.waitForFunction(`document.querySelector("#items > li")?.textContent === "hello"`);
});

async function open() {
  const data = scratchDirectory();
  const [site, browser, server] = await Promise.all([
    openSite("react.tsx"),
    openBrowser(),
    ServerProcess.start(data.path),
  ]);
  return {
    browser,
    server,
    address: (user: string) => site.address({ server: server.url.href, user }),
    restart: () => ServerProcess.start(data.path, "--port", server.url.port),
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]();
      await Promise.all([site[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
      data[Symbol.dispose]();
    },
  };
}

/** The joins and leaves that a page sends. */
function joins(page: Page): () => string[] {
  const ops: string[] = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      const value = JSON.parse(String(payload));
      ops.push(...[value].flat().map(({ op }) => op));
    });
  });
  return () => ops.filter((op) => op === "join" || op === "leave");
}

async function publish(page: Page, text: string): Promise<void> {
  await page.locator("#text").fill(text);
  await page.locator("#text").press("Enter");
}

async function people(page: Page, users: string): Promise<void> {
  await page.waitForFunction(`document.getElementById("people")?.textContent === "${users}"`);
}

function items(page: Page): Promise<string[]> {
  return page.locator("#items > li").allTextContents();
}

function textOf({ data }: { readonly data: unknown }): string {
  return (data as { text: string }).text;
}

/** Notes in `torn` whenever two components show another number after one commit. */
const WATCH_COUNTS = `
  torn = [];
  new MutationObserver(() => {
    const [one, two] = ["one", "two"].map((id) => document.getElementById(id).textContent);
    if (one !== two) torn.push([one, two]);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
`;

/** Notes in `troubles` when a line is gone again, is there twice, is another element, or has lost its place. */
const WATCH_LINES = `
  troubles = [];
  seen = new Map();
  new MutationObserver(() => {
    const lines = [...document.querySelectorAll("#items > li")];
    const texts = lines.map((line) => line.textContent);
    if (new Set(texts).size < texts.length) troubles.push(["twice", ...texts]);
    for (const line of lines) {
      const before = seen.get(line.textContent);
      if (before !== undefined && before !== line) troubles.push(["another element", line.textContent]);
      seen.set(line.textContent, line);
    }
    for (const text of seen.keys()) if (!texts.includes(text)) troubles.push(["gone", text]);
    if ([...seen.keys()].join() !== texts.join()) troubles.push(["moved", ...texts]);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
`;
