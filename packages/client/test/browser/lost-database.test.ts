import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { openServer } from "@fanfare/testing/test-server";
import { PlainPage } from "./plain-page.ts";
import { openSite } from "./site.ts";

/** As a logout does that leaves nothing behind. */
const DELETE_ALL = `(async () => {
  for (const { name } of await indexedDB.databases()) {
    const deleting = indexedDB.deleteDatabase(name);
    const outcome = await new Promise((resolve) => {
      deleting.onsuccess = () => resolve("deleted");
      deleting.onblocked = () => resolve("blocked");
    });
    if (outcome === "blocked") return outcome;
  }
  return "deleted";
})()`;

test("an outbox's database can be deleted under it: publishing goes on, here and in the next tab", async () => {
  await using site = await openSite("plain.ts");
  await using server = await openServer();
  await using browser = await openBrowser();
  const address = site.address({ server: server.url.href, user: "ada" });
  const page = await PlainPage.open(await browser.page(), address);
  await page.publish(["one"]);
  await page.told(1);

  expect(await page.tab.evaluate(DELETE_ALL)).toBe("deleted");
  await page.publish(["two"]);
  expect(await page.told(2)).toEqual(["ada: one", "ada: two"]);
  await page.shows("durable", "false");

  const next = await PlainPage.open(await page.tab.context().newPage(), address);
  await next.publish(["three"]);
  expect(await next.told(3)).toEqual(["ada: one", "ada: two", "ada: three"]);
  expect(await page.lines("refused")).toEqual([]);
});

test("site data that is cleared costs an open page its durability, not its publishes", async () => {
  await using site = await openSite("plain.ts");
  await using server = await openServer();
  await using browser = await openBrowser();
  const page = await PlainPage.open(
    await browser.page(),
    site.address({ server: server.url.href, user: "ada" }),
  );
  await page.publish(["one"]);
  await page.told(1);
  const devtools = await page.tab.context().newCDPSession(page.tab);
  await devtools.send("Storage.clearDataForOrigin", {
    origin: new URL(page.tab.url()).origin,
    storageTypes: "indexeddb",
  });
  await page.publish(["two"]);
  expect(await page.told(2)).toEqual(["ada: one", "ada: two"]);
  expect(await page.lines("refused")).toEqual([]);
});

/** As a full disk, and some private windows: what is written is undone, with an error. */
const REFUSE_WRITES = `(() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...all) {
    const request = put.apply(this, all);
    this.transaction.abort();
    return request;
  };
})()`;

test("ONCE-1: a database that can be read and not written costs durability, and no publish, and says so", async () => {
  await using site = await openSite("plain.ts");
  await using server = await openServer();
  await using browser = await openBrowser();
  const address = site.address({ server: server.url.href, user: "ada" });
  const tab = await browser.page({ expected: /The outbox is in memory/ });
  const reports: string[] = [];
  tab.on("console", (line) => {
    if (line.type() === "error") reports.push(line.text());
  });
  const page = await PlainPage.open(tab, address);
  await page.publish(["one"]);
  await page.told(1);
  await tab.evaluate(REFUSE_WRITES);
  await page.publish(["two", "three"]);
  expect(await page.told(3)).toEqual(["ada: one", "ada: two", "ada: three"]);
  await page.shows("durable", "false");
  await page.publish(["four"]);
  expect(await page.told(4)).toEqual(["ada: one", "ada: two", "ada: three", "ada: four"]);
  expect(await page.lines("refused")).toEqual([]);
  expect(reports).toEqual([expect.stringContaining("The outbox is in memory")]);

  // What the database still holds of before is recognised, and what was published from memory is not sent again.
  const next = await PlainPage.open(await tab.context().newPage(), address);
  await next.publish(["five"]);
  expect(await next.told(5)).toEqual([
    ...["one", "two", "three", "four", "five"].map((text) => `ada: ${text}`),
  ]);
});
