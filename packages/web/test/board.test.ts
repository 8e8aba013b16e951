import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import type { Locator, Page } from "playwright-core";
import { watchForXss, XSS_PAYLOADS } from "./support/xss-payloads.ts";

/** A browser says on its console that a server cannot be reached. */
const GONE = /ERR_CONNECTION|WebSocket connection to|status of 503/;

async function open(page: Page, url: URL): Promise<Page> {
  await page.goto(new URL("/board", url).href);
  await page.getByText("Connected", { exact: true }).waitFor();
  return page;
}

async function put(page: Page, text: string): Promise<void> {
  await page.getByLabel("Note", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Post" }).click();
  await note(page, text).waitFor();
}

const note = (page: Page, text: string) => page.locator("main li p").getByText(text, { exact: true });
/** Once what was measured has been drawn. */
const drawn = (region: Locator) =>
  region.evaluate((element) => {
    const view = element.ownerDocument.defaultView;
    return new Promise((resolve) => view?.requestAnimationFrame(() => view.requestAnimationFrame(resolve)));
  });
const begunAnew = (page: Page) => page.getByText("The board was reset while you were away.");
const notes = (page: Page) => page.locator("main li p").allTextContents();

test("BOARD-1 BOARD-2: what one puts up is on every page at once, newest first, and on those that come later", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const [ada, bob] = [
    await open(await browser.page(), server.url),
    await open(await browser.page(), server.url),
  ];
  await ada.getByText("The board is empty").waitFor();
  await ada.getByLabel("Your name").fill("Ada");
  await put(ada, "first");
  await note(bob, "first").waitFor();
  await put(bob, "second\nin two lines");
  await note(ada, "second\nin two lines").waitFor();
  await put(ada, "third");
  await note(bob, "third").waitFor();
  const expected = ["third", "second\nin two lines", "first"];
  const late = await open(await browser.page({ phone: true }), server.url);
  await note(late, "first").waitFor();
  for (const page of [ada, bob, late]) expect(await notes(page)).toEqual(expected);
  expect(await late.locator("main li").first().textContent()).toContain("Ada");
  expect(await ada.getByLabel("Note", { exact: true }).inputValue()).toBe("");
  await ada.reload();
  expect(await ada.getByLabel("Your name").inputValue()).toBe("Ada");
});

test("JOIN-3: while the connection is stopped nothing comes, and after a start everything, once", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const [ada, bob] = [
    await open(await browser.page(), server.url),
    await open(await browser.page(), server.url),
  ];
  await put(ada, "before");
  await note(bob, "before").waitFor();
  await bob.getByRole("button", { name: "Stop" }).click();
  await bob.getByText("Stopped").waitFor();
  await bob.getByLabel("Note", { exact: true }).fill("while stopped");
  await bob.getByRole("button", { name: "Post" }).click();
  await bob.getByText("Not connected").waitFor();
  await put(ada, "meanwhile 1");
  await put(ada, "meanwhile 2");
  expect(await notes(bob)).toEqual(["before"]);
  await bob.getByRole("button", { name: "Start" }).click();
  await note(bob, "meanwhile 2").waitFor();
  await put(bob, "while stopped");
  expect(await notes(bob)).toEqual(["while stopped", "meanwhile 2", "meanwhile 1", "before"]);
  expect(await begunAnew(bob).count()).toBe(0);
});

test("KEEP-1 JOIN-3: the server dies and comes back: no note is lost, none is there twice", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await open(await browser.page({ expected: GONE }), server.url);
  await put(ada, "before");
  await server.kill();
  await ada.getByText("Reconnecting").waitFor();
  await ada.getByLabel("Note", { exact: true }).fill("too early");
  await ada.getByRole("button", { name: "Post" }).click();
  await ada.getByText("Not connected").waitFor();
  await server.restart();
  const bob = await open(await browser.page(), server.url);
  await put(bob, "from someone else");
  await note(ada, "from someone else").waitFor();
  await ada.getByText("Connected", { exact: true }).waitFor();
  await put(ada, "too early");
  await note(bob, "too early").waitFor();
  for (const page of [ada, bob])
    expect(await notes(page)).toEqual(["too early", "from someone else", "before"]);
  expect(await begunAnew(ada).count()).toBe(0);
});

test("GAP-1: where the board is another one after a break, it is read anew, and the page says so", async () => {
  using first = scratchDirectory();
  using second = scratchDirectory();
  await using browser = await openBrowser();
  await using server = await ServerProcess.start(first.path);
  const ada = await open(await browser.page({ expected: GONE }), server.url);
  await put(ada, "old 1");
  await put(ada, "old 2");
  await server.end("SIGKILL");
  await using another = await ServerProcess.start(second.path, "--port", server.url.port);
  const link = await WebSocketClient.open("bob", another.url, "/ws");
  for (const message of ["new 1", "new 2", "new 3"]) link.send(JSON.stringify({ message }));
  await note(ada, "new 3").waitFor();
  await begunAnew(ada).waitFor();
  expect(await notes(ada)).toEqual(["new 3", "new 2", "new 1"]);
  await link.close();
});

test("BOARD-2: whatever stands on a note is text, and nothing of it runs", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  const executed = await watchForXss(page);
  await open(page, server.url);
  await page.getByLabel("Your name").fill(XSS_PAYLOADS[1]);
  for (const text of XSS_PAYLOADS) await put(page, text);
  const link = await WebSocketClient.open("eve", server.url, "/ws?history=0");
  for (const text of XSS_PAYLOADS) {
    link.send(
      JSON.stringify({ message: "by hand", from: text, [text]: text, __proto__: text, constructor: text }),
    );
  }
  link.send(`{"message":"last","timestamp":"<b>now</b>","__proto__":"${XSS_PAYLOADS.length}"}`);
  await note(page, "last").waitFor();
  for (const text of XSS_PAYLOADS) {
    for (const part of ["p", "span", "dt", "dd"]) {
      const shown = await page.locator(`main li ${part}`).getByText(text, { exact: true }).count();
      expect([text, part, shown > 0 || (part === "span" && text === XSS_PAYLOADS[1])]).toEqual([
        text,
        part,
        true,
      ]);
    }
  }
  expect(await page.locator("main dt").getByText("__proto__").count()).toBe(1);
  expect(await executed()).toEqual([]);
  await link.close();
});

test("BOARD-3: the form says what will not do before it is sent", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await open(await browser.page(), server.url);
  const text = page.getByLabel("Note", { exact: true });
  await text.press("Enter");
  await page.getByText("Write something first.").waitFor();
  await text.fill("x".repeat(3_990));
  await page.getByText("10 left").waitFor();
  expect(await page.getByText("Write something first.").count()).toBe(0);
  await text.fill("🎺".repeat(4_001));
  await page.getByText("1 too many").waitFor();
  expect(await text.getAttribute("aria-invalid")).toBe("true");
  await text.press("Enter");
  await text.fill("🎺".repeat(4_000));
  await text.press("Enter");
  await note(page, "🎺".repeat(4_000)).waitFor();
  expect(await notes(page)).toHaveLength(1);
});

test("BOARD-1: of a long board only what is in sight is drawn, and nothing moves while someone reads on", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const link = await WebSocketClient.open("bob", server.url, "/ws?history=0");
  const count = 5_000;
  for (let n = 1; n <= count; n++) link.send(JSON.stringify({ message: `note ${n}`, from: "bob" }));
  const page = await open(await browser.page(), server.url);
  await note(page, `note ${count}`).waitFor();
  expect(await page.locator("main li").count()).toBeLessThan(60);
  expect(await page.locator("main li").first().getAttribute("aria-setsize")).toBe(String(count));

  const region = page.getByRole("region", { name: "Notes" });
  await region.evaluate((element) => {
    element.scrollTop = 6_000;
  });
  await note(page, `note ${count}`).waitFor({ state: "detached" });
  await drawn(region);
  const middle = page.locator("main li p").nth(10);
  const [text, place] = [await middle.textContent(), await middle.boundingBox()];
  link.send(JSON.stringify({ message: "newest" }));
  await page.getByRole("button", { name: "1 new note" }).waitFor();
  expect(await note(page, text ?? "").boundingBox()).toEqual(place);
  await page.getByRole("button", { name: "1 new note" }).click();
  await note(page, "newest").waitFor();
  await region.focus();
  await page.keyboard.press("End");
  await note(page, "note 1").waitFor();
  await link.close();
});
