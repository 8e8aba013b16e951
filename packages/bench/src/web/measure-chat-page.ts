import { type Browser, openBrowser } from "@fanfare/testing/browser";
import type { Page } from "playwright-core";
import { figure, type Section } from "../figures/section.ts";
import type { RunScope } from "../processes/run-scope.ts";
import { FanfareServer, type ServerSettings } from "../servers/fanfare-server.ts";
import { fillRoom } from "./fill-room.ts";
import { LOAD_ALL, READY, SCROLL } from "./in-page.ts";

const ROOM = "bench";
const LOADS = 7;
const SCROLLS = 5;
const MEGABYTE = 1024 ** 2;

/** What the chat page is like in headless Chromium, in a room of so many messages. */
export async function measureChatPage(
  scope: RunScope,
  settings: ServerSettings,
  messages: number,
): Promise<Section> {
  const server = await FanfareServer.start(scope, settings);
  const address = `${server.url.replace("ws:", "http:")}/r/${ROOM}`;
  await fillRoom(server.url, `chat:${ROOM}`, messages);
  await using browser = await openBrowser();
  await (await openPage(browser, address)).page.context().close(); // the server builds its pages at the first request

  const [first, again]: [number[], number[]] = [[], []];
  for (let i = 0; i < LOADS; i++) {
    const { page, ready } = await openPage(browser, address);
    first.push(ready);
    again.push(await load(page, address));
    await page.context().close();
  }

  const { page } = await openPage(browser, address);
  const heapBefore = await heapOf(page);
  const started = performance.now();
  const onTheWay = (await page.evaluate(LOAD_ALL)) as Rate;
  const seconds = (performance.now() - started) / 1000;
  const loaded = await page.locator("main [role=listitem]").first().getAttribute("aria-setsize");
  const rates: Rate[] = [];
  for (let i = 0; i < SCROLLS; i++) rates.push((await page.evaluate(SCROLL)) as Rate);
  const heapAfter = await heapOf(page);
  await page.context().close();
  await server.stop();
  return {
    title: `Chat page in headless Chromium, a room of ${messages.toLocaleString("en-US")} messages`,
    figures: [
      figure("interactive, first visit", "ms", first),
      figure("interactive, files in the cache", "ms", again),
      figure(
        "scrolling, all loaded",
        "frames/s",
        rates.map(({ perSecond }) => perSecond),
      ),
      figure(
        "slowest frame of a run",
        "ms",
        rates.map(({ slowest }) => slowest),
      ),
      figure("going back while pages load", "frames/s", [onTheWay.perSecond]),
      figure("JS heap, first screen", "MB", [heapBefore / MEGABYTE]),
      figure("JS heap, all loaded", "MB", [heapAfter / MEGABYTE]),
    ],
    notes: [
      `${loaded} messages in the page, all pages asked for one after the other in ${seconds.toFixed(0)} s`,
      "interactive: from the navigation until the newest message is drawn, one can write, and no long task runs",
    ],
    faults: loaded === String(messages) ? [] : [`the page has ${loaded} of ${messages} messages`],
  };
}

interface Rate {
  readonly perSecond: number;
  /** ms */
  readonly slowest: number;
}

async function openPage(browser: Browser, address: string) {
  const page = await browser.page();
  await page.addInitScript(`localStorage.setItem("fanfare.chat.name", "bench"); ${READY}`);
  return { page, ready: await load(page, address) };
}

/** @returns ms */
async function load(page: Page, address: string): Promise<number> {
  await page.goto(address, { waitUntil: "commit" });
  return page.evaluate("interactive");
}

/** After a collection, in bytes. */
async function heapOf(page: Page): Promise<number> {
  const tools = await page.context().newCDPSession(page);
  await tools.send("HeapProfiler.enable");
  await tools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await tools.send("Runtime.getHeapUsage");
  await tools.detach();
  return usedSize;
}
