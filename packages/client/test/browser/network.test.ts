import { expect, test } from "bun:test";
import { openBrowser } from "@fanfare/testing/browser";
import { NativeClient } from "@fanfare/testing/native-client";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import type { Page } from "playwright-core";
import { numbered, PlainPage, UNREACHABLE } from "./plain-page.ts";
import { openSite } from "./site.ts";

const ROOM = "chat:page";

test("JOIN-3 ONCE-1: a browser that was offline misses nothing, and what it published meanwhile is kept once, in order", async () => {
  using data = scratchDirectory();
  await using site = await openSite("plain.ts");
  await using server = await ServerProcess.start(data.path);
  await using browser = await openBrowser();
  const page = await PlainPage.open(
    await browser.page({ expected: UNREACHABLE }),
    site.address({ server: server.url.href, user: "ada" }),
  );
  await page.publish(["first"]);
  await page.told(1);
  const bob = await NativeClient.connect(server.url, "bob");

  await page.tab.context().setOffline(true);
  await page.publish(numbered("offline", 80));
  for (const text of numbered("meanwhile", 80)) await bob.publish(ROOM, "chat", { text });
  await page.shows("state", "offline"); // nothing comes through, so the connection is given up
  await page.tab.context().setOffline(false);

  const told = await page.told(161);
  expect(told).toEqual((await bob.log(ROOM)).map(asLine));
  expect(told.filter((line) => line.startsWith("ada"))).toEqual(
    ["first", ...numbered("offline", 80)].map((text) => `ada: ${text}`),
  );
  expect(told.filter((line) => line.startsWith("bob"))).toEqual(
    numbered("meanwhile", 80).map((text) => `bob: ${text}`),
  );
  expect(await page.lines("refused")).toEqual([]);
  await bob.close();
});

test("JOIN-3 ONCE-1: a tab that stood still in the background while the server was replaced has every message once", async () => {
  using data = scratchDirectory();
  await using site = await openSite("plain.ts");
  await using browser = await openBrowser();
  await using first = await ServerProcess.start(data.path);
  const page = await PlainPage.open(
    await browser.page({ expected: UNREACHABLE }),
    site.address({ server: first.url.href, user: "ada" }),
  );
  await page.publish(numbered("before", 10));
  await page.told(10);
  const thaw = await freeze(page.tab);
  const bob = await NativeClient.connect(first.url, "bob");
  for (const text of numbered("heard by the browser alone", 100)) await bob.publish(ROOM, "chat", { text });
  await first.end("SIGKILL");
  await using second = await ServerProcess.start(data.path, "--port", first.url.port);
  const again = await NativeClient.connect(second.url, "bob");
  for (const text of numbered("missed", 100)) await again.publish(ROOM, "chat", { text });

  await thaw();
  await page.publish(["awake"]);
  const told = await page.told(211);
  expect(told).toEqual((await again.log(ROOM)).map(asLine));
  await again.close();
});

test("KEEP-1 ONCE-1 JOIN-3: two browsers talk on over a kill -9 of the server; both see the same, once", async () => {
  using data = scratchDirectory();
  await using site = await openSite("plain.ts");
  await using browser = await openBrowser();
  await using first = await ServerProcess.start(data.path);
  const open = async (user: string) =>
    PlainPage.open(
      await browser.page({ expected: UNREACHABLE }),
      site.address({ server: first.url.href, user }),
    );
  const [ada, bob] = await Promise.all([open("ada"), open("bob")]);
  await Promise.all([ada.publish(numbered("text", 500)), bob.publish(numbered("text", 500))]);
  await ada.told(1);
  await first.end("SIGKILL");

  await using second = await ServerProcess.start(data.path, "--port", first.url.port);
  const [adas, bobs] = await Promise.all([ada.told(1000), bob.told(1000)]);
  expect(adas).toEqual(bobs);
  const reader = await NativeClient.connect(second.url, "reader");
  expect(adas).toEqual((await reader.log(ROOM)).map(asLine));
  for (const user of ["ada", "bob"]) {
    expect(adas.filter((line) => line.startsWith(user))).toEqual(
      numbered("text", 500).map((text) => `${user}: ${text}`),
    );
  }
  await reader.close();
});

function asLine({ from, data }: { readonly from: string; readonly data: unknown }): string {
  return `${from}: ${(data as { text: string }).text}`;
}

/**
 * Stops all scripts of a tab, as a browser does in the background; its sockets stay what they are.
 *
 * @returns what lets them go on
 */
async function freeze(tab: Page): Promise<() => Promise<unknown>> {
  const session = await tab.context().newCDPSession(tab);
  await session.send("Debugger.enable");
  const paused = new Promise<void>((resolve) => session.once("Debugger.paused", () => resolve()));
  await session.send("Debugger.pause");
  await paused;
  return () => session.send("Debugger.resume");
}
