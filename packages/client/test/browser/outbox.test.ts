import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { DEADLINE } from "@fanfare/testing/deadline";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { numbered, PlainPage, UNREACHABLE } from "./plain-page.ts";
import { openSite } from "./site.ts";

const ROOM = "chat:page";

test("ONCE-1 KEEP-1: what was published while the server was down survives a reload of the page, once and in order", async () => {
  using data = scratchDirectory();
  await using site = await openSite("plain.ts");
  await using browser = await openBrowser();
  await using first = await ServerProcess.start(data.path);
  const address = site.address({ server: first.url.href, user: "ada" });
  const page = await PlainPage.open(await browser.page({ expected: UNREACHABLE }), address);
  await page.shows("state", "online");
  await page.publish(numbered("before", 5));
  await page.told(5);

  await first.end("SIGKILL");
  await page.shows("state", "offline");
  await page.publish(numbered("down", 100));
  await page.shows("pending", "100");
  await stored(page, 100);
  await page.tab.reload();
  await page.shows("pending", "100");
  await page.publish(numbered("reloaded", 5));

  await using second = await ServerProcess.start(data.path, "--port", first.url.port);
  const all = [...numbered("before", 5), ...numbered("down", 100), ...numbered("reloaded", 5)];
  expect(await page.told(all.length)).toEqual(all.map((text) => `ada: ${text}`));
  await page.shows("pending", "0");
  expect(await log(second)).toEqual(all);
  expect(await page.lines("refused")).toEqual([]);
});

test("ONCE-1 ORDER-3: a reload amid acknowledgements doubles nothing, and loses nothing that was acknowledged", async () => {
  using data = scratchDirectory();
  await using site = await openSite("plain.ts");
  await using server = await ServerProcess.start(data.path);
  await using browser = await openBrowser();
  const address = site.address({ server: server.url.href, user: "ada" });
  const page = await PlainPage.open(await browser.page(), address);
  const all = numbered("text", 900);
  await page.publish(all);
  await page.tab.waitForFunction(`document.getElementById("kept").childElementCount > 0`);
  const kept = await page.lines("kept");
  await page.tab.reload();

  await page.tab.waitForFunction(`document.getElementById("durable").textContent === "true"`);
  await page.publish(["last"]);
  await page.tab.waitForFunction(`document.getElementById("kept").childElementCount === 1`);
  const texts = await log(server);
  // What the page had not stored yet when it went was never promised: it is missing at the end, and nowhere else.
  expect(texts).toEqual([...all.slice(0, texts.length - 1), "last"]);
  expect(texts.slice(0, kept.length)).toEqual(kept);
  expect(await page.told(texts.length)).toEqual(texts.map((text) => `ada: ${text}`));
});

test("ONCE-1: two tabs that publish at once are two publishers; what a closed tab leaves is sent by the next one", async () => {
  using data = scratchDirectory();
  await using site = await openSite("plain.ts");
  await using browser = await openBrowser();
  await using first = await ServerProcess.start(data.path);
  const address = site.address({ server: first.url.href, user: "ada" });
  const tab = await browser.page({ expected: UNREACHABLE });
  const one = await PlainPage.open(tab, address);
  const two = await PlainPage.open(await tab.context().newPage(), address);
  await Promise.all([one.publish(numbered("one", 80)), two.publish(numbered("two", 80))]);
  const told = await one.told(160);
  expect(await two.told(160)).toEqual(told);
  for (const name of ["one", "two"]) {
    expect(told.filter((line) => line.startsWith(`ada: ${name}`))).toEqual(
      numbered(name, 80).map((text) => `ada: ${text}`),
    );
  }
  expect(new Set(await publishers(first)).size).toBe(2);

  await first.end("SIGKILL");
  for (const page of [one, two]) await page.shows("state", "offline");
  await Promise.all([one.publish(numbered("one, down", 20)), two.publish(numbered("two, down", 20))]);
  for (const page of [one, two]) await page.shows("pending", "20");
  await stored(two, 40);
  await two.tab.close();
  await one.tab.evaluate(UNTIL_ALONE);
  const again = await PlainPage.open(await tab.context().newPage(), address);
  await again.shows("pending", "20");

  await using second = await ServerProcess.start(data.path, "--port", first.url.port);
  const later = (await again.told(200)).slice(160);
  expect((await one.told(200)).slice(160)).toEqual(later);
  for (const name of ["one, down", "two, down"]) {
    expect(later.filter((line) => line.startsWith(`ada: ${name}`))).toEqual(
      numbered(name, 20).map((text) => `ada: ${text}`),
    );
  }
  expect(new Set(await publishers(second)).size).toBe(2);
});

/** The texts of the room's log. */
async function log(server: ServerProcess): Promise<unknown[]> {
  const reader = await NativeClient.connect(server.url, "reader");
  const messages = await reader.log(ROOM);
  await reader.close();
  return messages.map(({ data }) => (data as { text: string }).text);
}

/** The public form of each message's publisher. */
async function publishers(server: ServerProcess): Promise<unknown[]> {
  const reader = await NativeClient.connect(server.url, "reader");
  const messages = await reader.log(ROOM);
  await reader.close();
  return messages.map(({ id }) => id.split(":")[0]);
}

/** Waits until the browser holds so many publishes, of all tabs. (`waitForFunction` takes a promise for done.) */
async function stored(page: PlainPage, count: number): Promise<void> {
  const deadline = performance.now() + DEADLINE;
  let held = await page.tab.evaluate<number>(STORED);
  while (held !== count && performance.now() < deadline) {
    await Bun.sleep(20);
    held = await page.tab.evaluate<number>(STORED);
  }
  expect(held).toBe(count);
}

/** A closed tab's outbox is free a moment later. */
const UNTIL_ALONE = `(async () => {
  while ((await navigator.locks.query()).held.length > 1) await new Promise((resolve) => setTimeout(resolve, 20));
})()`;

/** Asks in the page, whose platform this file does not have the types of. */
const STORED = `(async () => {
  const [{ name }] = await indexedDB.databases();
  const db = await new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => resolve(opening.result);
  });
  const rows = db.transaction("waiting").objectStore("waiting").count();
  await new Promise((resolve) => { rows.onsuccess = resolve; });
  db.close();
  return rows.result;
})()`;
