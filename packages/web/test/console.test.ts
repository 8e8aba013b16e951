import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, openBrowser } from "@fanfare/testing/browser";
import { NativeClient } from "@fanfare/testing/native-client";
import { RestartableServer } from "@fanfare/testing/restartable-server";
import { scratchDirectory } from "@fanfare/testing/scratch-directory";
import { ServerProcess } from "@fanfare/testing/server-process";
import { WebSocketClient } from "@fanfare/testing/web-socket-client";
import type { Page } from "playwright-core";
import { violations } from "./support/accessibility.ts";
import { GONE, lines, offsets, openConsole, publish } from "./support/console-page.ts";
import { watchForXss, XSS_PAYLOADS } from "./support/xss-payloads.ts";

async function two(browser: Browser, url: URL, ...rooms: readonly string[]): Promise<readonly [Page, Page]> {
  return [
    await openConsole(await browser.page(), url, ...rooms),
    await openConsole(await browser.page(), url, ...rooms),
  ];
}

test("PUB-1 JOIN-7: what one publishes is in the log of everyone who listens to the room or to a pattern of it, with its offset", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await openConsole(await browser.page(), server.url);
  await ada.getByText("Listen to a room").waitFor();
  const bob = await openConsole(await browser.page(), server.url, "orders.*");
  const field = ada.getByLabel("Room or pattern to listen to");
  await field.fill("orders.*berlin");
  await field.press("Enter");
  await ada.getByText("`*` can only be at the end.").waitFor();
  await field.fill("orders.berlin");
  await field.press("Enter");
  await ada.getByText("Live: no messages yet").waitFor();
  expect(new URL(ada.url()).search).toBe("?room=orders.berlin");

  await publish(ada, { room: "orders.berlin", type: "placed", data: '{ "id": 1 }' });
  await ada.getByText("Published to orders.berlin at offset 1").waitFor();
  await publish(bob, { room: "orders.rome", type: "paid", data: "ciao", as: "Text" });
  await publish(bob, { room: "orders.berlin", type: "paid", data: "[1, 2]" });
  await lines(ada, 2);
  await lines(bob, 3);
  expect(await offsets(ada)).toEqual(["orders.berlin #1 placed", "orders.berlin #2 paid"]);
  expect(await offsets(bob)).toEqual([
    "orders.berlin #1 placed",
    "orders.rome #1 paid",
    "orders.berlin #2 paid",
  ]);
  expect(await bob.locator("main li").getByText('"ciao"').count()).toBe(1);

  const again = ada.getByLabel("Room or pattern");
  await again.fill("orders.*");
  await again.press("Enter");
  await ada.getByText("all rooms whose names begin with this").waitFor();
  expect(new URL(ada.url()).search).toBe("?room=orders.berlin&room=orders.*");
  await publish(bob, { room: "orders.berlin", type: "sent", data: "null" });
  await lines(ada, 4);
  expect((await offsets(ada)).slice(2)).toEqual(["orders.berlin #3 sent", "orders.berlin #3 sent"]);
  await ada.getByRole("button", { name: "Leave orders.berlin" }).click();
  expect(new URL(ada.url()).search).toBe("?room=orders.*");
  await ada.reload();
  await ada.getByText("all rooms whose names begin with this").waitFor();
});

test("KEEP-1 JOIN-3: the server dies and comes back: no line is lost, none is there twice", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const ada = await openConsole(await browser.page({ expected: GONE }), server.url, "a", "b");
  await publish(ada, { room: "a", type: "note", data: "1" });
  await lines(ada, 1);
  await server.kill();
  await ada.getByText("The server can't be reached").waitFor();
  await publish(ada, { room: "a", type: "note", data: "2" });
  await ada.getByText("1 message is waiting").waitFor();
  await publish(ada, { room: "b", type: "note", data: "3" });
  await ada.getByText("2 messages are waiting").waitFor();
  await server.restart();
  const other = await NativeClient.connect(server.url, "bob");
  await other.publish("b", "note", 4);
  await ada.getByText("Published to b at offset").waitFor();
  await lines(ada, 4);
  await ada
    .getByText(/^(a|b)$/)
    .first()
    .waitFor();
  const told = await offsets(ada);
  expect(told.filter((line) => line.startsWith("a"))).toEqual(["a #1 note", "a #2 note"]);
  expect(told.filter((line) => line.startsWith("b"))).toEqual(["b #1 note", "b #2 note"]);
  await ada.getByText("The server can't be reached").waitFor({ state: "detached" });
  await other.close();
});

test("ROOM-4 NAME-1 NAME-3: what will not do is said beside the field, and what the server refuses beside the form", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await openConsole(await browser.page(), server.url, "todo:home");
  await publish(page, { room: "todo:home", type: "todo", data: "{}" });
  await page.getByText("Refused: Only the service publishes in this room.").waitFor();
  await publish(page, { room: "todo:*", type: "to do", data: '{\n  "a": 1,\n  "b" 2\n}' });
  await page.getByText("You can't publish to a pattern").waitFor();
  await page.getByText("Up to 64 of").waitFor();
  await page.getByText("Line 3, column 7: Expected a colon, but here is 2").waitFor();
  const data = page.getByLabel("Data, JSON");
  expect(await data.getAttribute("aria-invalid")).toBe("true");
  await data.fill(JSON.stringify("x".repeat(70_000)));
  await page.getByText(/^\d+ too many$/).waitFor();
  await page.getByLabel("Room to publish to").fill("notes");
  await page.getByLabel("Type", { exact: true }).fill("note");
  await data.press("Control+Enter");
  await data.fill("7");
  await data.press("Control+Enter");
  await page.getByText("Published to notes at offset 1").waitFor();
  await page.reload();
  expect(await data.inputValue()).toBe("7");
  await page.getByRole("button", { name: "Published before" }).click();
  await page.getByRole("menuitem", { name: /todo:home/ }).click();
  expect(await page.getByLabel("Room to publish to").inputValue()).toBe("todo:home");
});

test("EVENT-1: a paused log stands still and counts, and goes on with all of it; a filter and the events are the reader's choice", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const [ada, bob] = await two(browser, server.url, "a", "b");
  await publish(bob, { room: "a", type: "red", data: '"before"' });
  await lines(ada, 1);
  await ada.getByRole("button", { name: "Pause" }).click();
  await publish(bob, { room: "b", type: "blue", data: '"one"' });
  await publish(bob, { room: "a", type: "red", data: '"TWO"' });
  await ada.getByRole("button", { name: "Resume 2 new lines" }).waitFor();
  expect(await offsets(ada)).toEqual(["a #1 red"]);
  await ada.getByRole("button", { name: "Resume" }).click();
  await lines(ada, 3);
  expect(await offsets(ada)).toEqual(["a #1 red", "b #1 blue", "a #2 red"]);

  await ada.getByLabel("Filter by text").fill("two");
  await lines(ada, 1);
  expect(await offsets(ada)).toEqual(["a #2 red"]);
  await ada.getByLabel("Filter by text").fill("nowhere");
  await ada.getByText("No messages match").waitFor();
  await ada.getByRole("button", { name: "Show all messages" }).click();
  await lines(ada, 3);
  await ada.getByLabel("Filter by type").selectOption("blue");
  await lines(ada, 1);
  await ada.getByLabel("Filter by type").selectOption("");
  await ada.getByLabel("Filter by room").selectOption("a");
  await lines(ada, 2);
  await ada.getByLabel("Filter by room").selectOption("");

  const other = await NativeClient.connect(server.url, "eve");
  await other.ok({ op: "join", room: "a" });
  await other.ok({ op: "event", room: "a", type: "cursor", data: "unseen" });
  await other.publish("a", "red", "behind it");
  await lines(ada, 4);
  await ada.getByRole("button", { name: /Show events/ }).click();
  await other.ok({ op: "event", room: "a", type: "cursor", data: { x: 7 } });
  await lines(ada, 5);
  expect((await offsets(ada)).at(-1)).toBe("a event cursor");
  await ada.getByRole("button", { name: "Clear" }).click();
  await ada.getByRole("button", { name: "Load earlier messages" }).click();
  await lines(ada, 4);
  await other.close();
});

test("HIST-1: after many messages a replay reads all of them again, marked, and the past can be loaded page by page", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const other = await NativeClient.connect(server.url, "bob");
  const count = 2_500;
  await Promise.all(Array.from({ length: count }, (_, i) => other.publish("many", "note", i + 1)));
  const page = await openConsole(await browser.page(), server.url, "many");
  await lines(page, 20);
  expect((await offsets(page)).at(0)).toBe(`many #${count - 19} note`);
  await page.getByRole("button", { name: "Load earlier messages" }).click();
  await page.locator(`main li[aria-setsize="121"]`).first().waitFor();

  await page.getByRole("button", { name: "Replay from an offset" }).click();
  const from = page.getByLabel("From offset");
  await from.fill("1.5");
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByText("Enter a whole number, 1 or more.").waitFor();
  await from.fill("11");
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByText(`Replay ended: ${count - 10} messages`).waitFor();
  // 120 messages and their note; then the replay and its two notes.
  expect(await page.locator("main li").last().getAttribute("aria-setsize")).toBe(
    String(121 + count - 10 + 2),
  );
  expect(await page.locator("main li").count()).toBeLessThan(80);
  await page.locator("main li").getByText(`#${count}`, { exact: true }).waitFor();
  await page.locator("main li").getByText("replayed").last().waitFor();

  const log = page.getByRole("region", { name: "Log", exact: true });
  await log.focus();
  await page.keyboard.press("Home");
  await page
    .locator("main li")
    .getByText(`#${count - 119}`, { exact: true })
    .waitFor();
  await page.keyboard.press("Enter");
  await page
    .locator("main li pre")
    .getByText(String(count - 119), { exact: true })
    .waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("/");
  await page.locator("main :focus").and(page.getByLabel("Filter by text")).waitFor();
  await other.close();
});

test("JOIN-7: the end of the log stays in sight, however much comes at once, unless one reads further up", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await openConsole(await browser.page({ phone: true }), server.url, "many*");
  const other = await NativeClient.connect(server.url, "bob");
  let count = 0;
  const burst = (size: number) =>
    Promise.all(Array.from({ length: size }, () => other.publish("many", "note", ++count)));
  const newest = page
    .locator("main li")
    .getByText(/^#\d+$/)
    .last();
  for (const size of [1, 12, 40, 200, 7, 1, 90, 3]) {
    await burst(size);
    await page.locator("main li").getByText(`#${count}`, { exact: true }).waitFor();
    await expectInSight(page, `#${count}`);
  }
  const log = page.getByRole("region", { name: "Log", exact: true });
  await log.focus();
  await page.keyboard.press("Home");
  await page.locator("main li").getByText("#1", { exact: true }).waitFor();
  await burst(5);
  await page.getByRole("button", { name: "5 new" }).click();
  await page.locator("main li").getByText(`#${count}`, { exact: true }).waitFor();
  expect(await newest.textContent()).toBe(`#${count}`);
  await other.close();
});

/** Waits until a text of the log is not below what is shown of it. */
async function expectInSight(page: Page, text: string): Promise<void> {
  const log = page.getByRole("region", { name: "Log", exact: true });
  const line = log.getByText(text, { exact: true });
  const deadline = Date.now() + 10_000;
  for (;;) {
    const [outer, inner] = [await log.boundingBox(), await line.boundingBox()];
    if (outer !== null && inner !== null && inner.y + inner.height <= outer.y + outer.height) return;
    if (Date.now() > deadline) throw new Error(`${text} is out of sight`);
  }
}

test("GAP-1 ERR-2: whatever comes is text, and nothing of it runs; what is large is opened without a halt", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await browser.page();
  const executed = await watchForXss(page);
  await openConsole(page, server.url, "hostile", ...XSS_PAYLOADS.map((text) => `${text}:room`));
  const other = await NativeClient.connect(server.url, XSS_PAYLOADS[1]);
  for (const text of XSS_PAYLOADS)
    await other.publish(`${text}:room`, "note", { [text]: text, ["__proto__"]: text });
  await other.publish("hostile", "note", "y".repeat(60_000));
  await lines(page, XSS_PAYLOADS.length + 1);
  for (const line of await page.locator("main li button[aria-expanded]").all()) await line.press("Enter");
  await page.getByRole("button", { name: "Show all (59 KB)" }).click();
  await page.getByText("y".repeat(60_000)).waitFor();
  for (const text of XSS_PAYLOADS) {
    await page.getByLabel("Filter by text").fill(text);
    await publish(page, { room: text, type: "note", data: text, as: "Text" });
    await page.getByText("Published to").waitFor();
    await page.getByRole("button", { name: "Copy as code" }).click();
    for (const tool of ["curl", "websocat", "SDK"])
      await page.getByRole("button", { name: tool, exact: true }).click();
    await page.keyboard.press("Escape");
  }
  expect(await executed()).toEqual([]);
  await other.close();
});

test("GAP-1: what the room trimmed meanwhile is a line in the log, and a replay says so, too", async () => {
  using data = scratchDirectory();
  using folder = scratchDirectory();
  const config = join(folder.path, "fanfare.toml");
  writeFileSync(config, '[[policies]]\npattern = "short:*"\nhistory.count = 10\n');
  await using browser = await openBrowser();
  await using first = await ServerProcess.start(data.path, "--config", config);
  const page = await openConsole(await browser.page({ expected: GONE }), first.url, "short:a");
  await publish(page, { room: "short:a", type: "note", data: "0" });
  await page.getByText("Published to short:a at offset 1").waitFor();
  await first.end("SIGKILL");
  await page.getByText("The server can't be reached").waitFor();
  {
    await using elsewhere = await ServerProcess.start(data.path, "--config", config);
    const other = await NativeClient.connect(elsewhere.url, "bob");
    await Promise.all(Array.from({ length: 2_000 }, (_, i) => other.publish("short:a", "note", i)));
    await other.close();
  }
  await using second = await ServerProcess.start(data.path, "--config", config, "--port", first.url.port);
  await page.getByText(/Messages are missing here: those before offset \d+ have been deleted/).waitFor();
  await page.getByText(/^short:a Caught up: \d+ messages$/).waitFor();
  await page.locator("main li").getByText("#2001", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Replay from an offset" }).click();
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByText(/Messages before offset \d+ have been deleted/).waitFor();
  await page.getByText(/Replay ended: \d+ messages/).waitFor();
  expect(second.running).toBe(true);
});

const VIEWS = [
  { dark: false, phone: false },
  { dark: true, phone: false },
  { dark: false, phone: true },
  { dark: true, phone: true },
];

test("WCAG AA in every state: in light and dark, on desktop and phone", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const other = await NativeClient.connect(server.url, "bob");
  for (let n = 0; n < 30; n++)
    await other.publish("orders.berlin", "placed", { id: n, more: "x".repeat(500) });
  const pages = await Promise.all(
    VIEWS.map(async (view) => ({ ...view, page: await browser.page({ ...view, expected: GONE }) })),
  );
  const isSound = async (page: Page) => {
    expect(await violations(page)).toEqual([]);
    const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  };
  await Promise.all(
    pages.map(async ({ page, phone }) => {
      await isSound(await openConsole(page, server.url));
      await openConsole(page, server.url, "orders.berlin", "orders.*", "todo:home");
      await page.locator("main li button[aria-expanded]").last().click();
      if (phone) {
        await page.getByRole("button", { name: "Publish", expanded: false }).click();
        await page.getByRole("button", { name: "Filter", exact: true }).click();
      }
      await publish(page, { room: "", type: "a b", data: "{" });
      await page.getByText("Enter a room.").waitFor();
      await page.getByRole("button", { name: "Pause" }).click();
      await isSound(page);
      await page.getByRole("button", { name: "Copy as code" }).click();
      await page.getByRole("heading", { name: "Copy as code" }).waitFor();
      await isSound(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Resume" }).click();
    }),
  );
  await other.close();
  await server.kill();
  for (const { page } of pages) {
    await page.getByText("The server can't be reached").waitFor();
    await isSound(page);
  }
});

test("a message is copied whole, and what is shown is exported as NDJSON", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await openConsole(await browser.page(), server.url, "a", "b");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const exporting = page.getByRole("button", { name: "Export as NDJSON" });
  expect(await exporting.isDisabled()).toBe(true);
  await publish(page, { room: "a", type: "note", data: '{ "text": "šalom\\u2028 🙂" }' });
  await lines(page, 1);
  await publish(page, { room: "b", type: "note", data: "2" });
  await lines(page, 2);

  await page.locator("main li button[aria-expanded]").first().click();
  await page.getByRole("button", { name: "Copy message" }).click();
  await page.getByText("Copied").waitFor();
  const whole: unknown = JSON.parse(await page.evaluate("navigator.clipboard.readText()"));
  expect(whole).toEqual({
    room: "a",
    offset: 1,
    id: expect.any(String),
    type: "note",
    from: expect.any(String),
    at: expect.any(Number),
    data: { text: "šalom\u2028 🙂" },
  });

  const exported = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), exporting.click()]);
    expect(download.suggestedFilename()).toMatch(/^fanfare-\d{8}-\d{6}\.ndjson$/);
    const text = await Bun.file(await download.path()).text();
    expect(text).toEndWith("\n");
    return text
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
  };
  expect(await exported()).toEqual([whole, expect.objectContaining({ room: "b", offset: 1, data: 2 })]);
  await page.getByLabel("Filter by room").selectOption("b");
  await lines(page, 1);
  expect(await exported()).toEqual([expect.objectContaining({ room: "b", data: 2 })]);
});

test("PRES-1: the members of a room are listed, without the console among them", async () => {
  await using server = await RestartableServer.start();
  await using browser = await openBrowser();
  const page = await openConsole(await browser.page(), server.url, "chat:lobby", "chat:*");
  await page.getByRole("button", { name: "Members of chat:lobby" }).click();
  const dialog = page.getByRole("dialog", { name: "Members of chat:lobby" });
  await dialog.getByText("No members.").waitFor();
  const eve = await WebSocketClient.open("eve", server.url, "/ws/lobby?username=eve");
  const bob = await WebSocketClient.open("bob", server.url, "/ws/lobby?username=bob");
  await bob.frames.next((frame) => frame.includes("user_joined"));
  await dialog.getByRole("button", { name: "Refresh" }).click();
  await dialog.getByText("bob", { exact: true }).waitFor();
  const names = await dialog.getByRole("listitem").locator("span[dir]").allTextContents();
  expect(names.toSorted()).toEqual(["bob", "eve"]);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.getByRole("button", { name: "Members of chat:*" }).count()).toBe(0);
  const phone = await openConsole(await browser.page({ phone: true }), server.url, "chat:lobby");
  await phone.getByRole("button", { name: "Rooms" }).click();
  await phone.getByRole("button", { name: "Members of chat:lobby" }).click();
  await phone.getByRole("dialog", { name: "Rooms" }).waitFor({ state: "detached" });
  await phone.getByRole("dialog", { name: "Members" }).getByText("eve", { exact: true }).waitFor();
  expect(await violations(phone)).toEqual([]);
  await eve.close();
  await bob.close();
});
